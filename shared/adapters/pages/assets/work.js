// Keys for pages on which people work. What is done is a form or a link of the page: a key only presses it.
//
// data-keys="list"       the rows of a list, of which one is current: j and k, or the arrows, move; Enter opens its link
// data-row               a row of it
// data-open              the link of a row that Enter follows
// data-press="d"         a button or link that the key d presses: of the current row, else of the page
// data-focus="/"         a field that the key / goes to
"use strict";

const typing = (node) => node.closest("input, textarea, select, [contenteditable]") !== null;
const rows = () => [...document.querySelectorAll("[data-keys] [data-row]")].filter((row) => row.getClientRects().length);
const current = () => document.querySelector("[data-keys] [data-row][aria-current=true]");

function choose(row, { focus = true } = {}) {
  current()?.removeAttribute("aria-current");
  if (!row) return;
  row.setAttribute("aria-current", "true");
  if (focus) row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = rows();
  const at = all.indexOf(current());
  const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
  choose(all[next]);
}

function presses(key) {
  const named = `[data-press="${CSS.escape(key)}"]`;
  const shown = (node) => node.getClientRects().length && !node.disabled;
  const row = current() ?? document.querySelector("[data-keys]:not([data-keys=list])");
  return [...(row?.querySelectorAll(named) ?? []), ...document.querySelectorAll(`${named}:not([data-row] ${named})`)].find(shown);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const done = () => event.preventDefault();
  const field = document.querySelector(`[data-focus="${CSS.escape(event.key)}"]`);
  if (field) {
    done();
    field.focus();
    field.select?.();
    return;
  }
  const pressed = presses(event.key);
  if (pressed) {
    done();
    pressed.click();
    return;
  }
  if (!document.querySelector("[data-keys=list]")) return;
  if (event.key === "j" || event.key === "ArrowDown") {
    done();
    move(1);
  } else if (event.key === "k" || event.key === "ArrowUp") {
    done();
    move(-1);
  } else if (event.key === "Enter" && event.target === current()) {
    const link = current().querySelector("[data-open]");
    if (link) {
      done();
      link.click();
    }
  }
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("[data-keys] [data-row]");
  if (row && row !== current()) choose(row, { focus: false });
});
