const word = new URLSearchParams(location.search).get("t");
if (word) fetch("/api/opened", { method: "POST", body: new URLSearchParams({ t: word }) }).catch(() => undefined);
