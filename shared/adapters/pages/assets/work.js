// Keys for pages on which people work. What is done is a form or a link of the page: a key only presses it.
//
// data-keys="list"   a list of rows, one of which is current: j and k, or the arrows, move; Enter opens its link
// data-row           a row of it; data-done: nothing waits there any more
// data-follow        at the list: moving to a row opens its link at once, beside the list
// data-open          the link of a row
// data-press="d"     a button, link or summary that the key d presses: in the current row, else anywhere that is seen
// data-print         a button that prints the page; without script it is not there
// data-focus="/"     a field that the key / goes to; from there the arrow down goes to the first row
"use strict";

const one = (selector, under = document) => under.querySelector(selector);
const all = (selector, under = document) => [...under.querySelectorAll(selector)];
const seen = (node) => node.checkVisibility() && !node.disabled; // in a closed group nothing is seen, though it has its place
const typing = (node) => node.closest("input, textarea, select, [contenteditable]") !== null;
const rows = () => all("[data-keys=list] [data-row]").filter(seen);
const current = () => one("[data-keys=list] [data-row][aria-current=true]");
const follows = () => one("[data-keys=list][data-follow]") !== null;

function choose(row, focus) {
  current()?.removeAttribute("aria-current");
  if (!row) return;
  row.setAttribute("aria-current", "true");
  if (focus) row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function open(row) {
  choose(row, true);
  if (!row || !follows()) return;
  window.htmx?.process(row); // it may have come a moment ago
  one("[data-open]", row)?.click();
}

function move(step) {
  const list = rows();
  const at = list.indexOf(current());
  open(list[at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + step, 0), list.length - 1)]);
}

// Of several that a key presses, such as groups of choices, the one behind the one that is open.
function pressed(key) {
  const named = `[data-press="${CSS.escape(key)}"]`;
  const here = current() ? all(named, current()).filter(seen) : [];
  const list = here.length ? here : all(named).filter((node) => seen(node) && !node.closest("[data-row]"));
  const at = list.findIndex((node) => node.parentElement.open);
  return list[(at + 1) % list.length];
}

function press(node) {
  const group = node.tagName === "SUMMARY" ? node.parentElement : null;
  node.click();
  if (group?.open) one("input:not([type=hidden]):not([type=date]), textarea, select", group)?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") {
    event.target.blur?.();
    all("details[name=choice][open]").forEach((group) => (group.open = false));
    return;
  }
  if (typing(event.target)) {
    if (event.key !== "ArrowDown" || !event.target.matches("[data-focus]") || !rows().length) return;
    event.preventDefault();
    choose(rows()[0], true);
    return;
  }
  const field = one(`[data-focus="${CSS.escape(event.key)}"]`);
  const button = field ? null : pressed(event.key);
  const steps = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
  if (field) {
    field.focus();
    field.select?.();
  } else if (button) {
    press(button);
  } else if (event.key in steps && one("[data-keys=list]")) {
    move(steps[event.key]);
  } else if (event.key === "Enter" && event.target.matches("[data-row]")) {
    one("[data-open]", event.target)?.click();
  } else {
    return;
  }
  event.preventDefault();
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-keys=list] [data-row]");
  if (row && row !== current()) choose(row, false);
});

// What a request has come to.

function trouble(title, text) {
  let place = one("#trouble");
  if (!place) {
    place = document.createElement("div");
    place.id = "trouble";
    place.className = "notice bad trouble";
    place.setAttribute("role", "alert");
    one("main").prepend(place);
  }
  const strong = document.createElement("strong");
  strong.textContent = title;
  place.replaceChildren(strong, ` ${text}`);
}

document.addEventListener("htmx:responseError", (event) => {
  const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const text = one("main p", page)?.textContent ?? "Try again in a minute.";
  trouble(`${one("main h1", page)?.textContent ?? "That did not work"}.`, text);
});
document.addEventListener("htmx:sendError", () => trouble("We cannot be reached.", "Nothing was saved. Try again in a minute."));
document.addEventListener("htmx:timeout", () => trouble("This takes too long.", "Look whether it was saved, and try again."));

// Rows that say nothing new stay as they are, so that nobody's place moves.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const fresh = event.detail.fragment.firstElementChild;
  const version = fresh?.dataset.version;
  if (version && version === event.detail.target.dataset.version) event.detail.shouldSwap = false;
});

function count() {
  const bar = one("#progress");
  if (!bar) return;
  const list = all("[data-keys=list] [data-row]");
  bar.max = list.length || 1;
  bar.value = list.filter((row) => "done" in row.dataset).length;
  one("#progress-words").textContent = `${bar.value} of ${list.length}`;
}

const rowOf = (id) => document.getElementById(`row-${id}`);

// After a decision: the same change where this person has more to say of it, else the next one that waits.
function goOn(id, stays) {
  const list = all("[data-keys=list] [data-row]");
  const row = rowOf(id);
  const from = row ? list.indexOf(row) + (stays ? 0 : 1) : 0;
  const next = [...list.slice(from), ...list.slice(0, from)].find((each) => !("done" in each.dataset));
  if (next) open(next);
  else if (row) open(row);
}

document.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful) return;
  one("#trouble")?.remove();
  count();
  const decided = event.detail.xhr.getResponseHeader("X-Decided");
  if (decided) {
    goOn(decided, event.detail.xhr.getResponseHeader("X-More") === "yes");
    return;
  }
  const shown = one("#pane [data-id]");
  if (shown && rowOf(shown.dataset.id) !== current()) choose(rowOf(shown.dataset.id), false);
});

document.addEventListener("DOMContentLoaded", () => {
  all("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  if (!follows()) return;
  const shown = one("#pane [data-id]");
  const first = all("[data-keys=list] [data-row]").find((row) => !("done" in row.dataset));
  if (shown) choose(rowOf(shown.dataset.id), false);
  else open(first ?? one("[data-keys=list] [data-row]"));
});
