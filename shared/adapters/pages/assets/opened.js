// A card's page was opened by a person: previews and scanners run no script.
const word = new URLSearchParams(location.search).get("t");
const token = document.querySelector("meta[name=form-token]")?.content ?? "";
if (word) fetch("/api/opened", { method: "POST", body: new URLSearchParams({ t: word, csrf: token }) }).catch(() => undefined);
