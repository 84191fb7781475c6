// The board: h and l, or the arrows, go from column to column; a letter makes a move of the current ticket.
//
// data-column            a column of rows (work.js has the rows)
// data-key="a"           a button of the current row that the key a presses
// data-needs="words"     the field that is filled in before: the key goes there, and Enter in a field presses the button
"use strict";

let chosen; // the button that Enter presses, of the form that somebody fills in
let place; // where the current row stood when its form was sent

const columns = () => all("[data-column]").filter((column) => one("[data-row]", column));
const rowsOf = (column) => all("[data-row]", column);
const ticket = () => current() ?? document.querySelector("main:not(:has([data-column])) [data-row]");

function across(step) {
  const row = current();
  const list = columns();
  if (!row) return choose(list.length ? rowsOf(list.at(step > 0 ? 0 : -1))[0] : undefined, true);
  const column = row.closest("[data-column]");
  const next = list[list.indexOf(column) + step];
  if (next) choose(rowsOf(next)[Math.min(rowsOf(column).indexOf(row), rowsOf(next).length - 1)], true);
}

function start(button) {
  const details = button.closest("details");
  if (details) details.open = true;
  const field = button.dataset.needs && button.form.elements[button.dataset.needs];
  if (!field) return button.click();
  chosen = button;
  field.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (typing(event.target)) {
    if (event.key === "Enter" && chosen && event.target.form === chosen.form) {
      event.preventDefault();
      chosen.click(); // and not requestSubmit: htmx learns from a click which button it was
    } else if (event.key === "Escape") {
      chosen = undefined;
      event.target.closest("[data-row]")?.focus();
    }
    return;
  }
  const button = ticket()?.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (button) {
    event.preventDefault();
    start(button);
  } else if (event.key === "l" || event.key === "ArrowRight") {
    event.preventDefault();
    across(1);
  } else if (event.key === "h" || event.key === "ArrowLeft") {
    event.preventDefault();
    across(-1);
  }
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const row = event.target.closest("[data-row]");
  const column = row?.closest("[data-column]");
  if (column) place = { column: column.getAttribute("aria-labelledby"), at: rowsOf(column).indexOf(row) };
  chosen = undefined;
});

// The ticket that moved up takes the place of the one that went; what was done is told above the columns.
document.addEventListener("htmx:afterSwap", () => {
  if (!place) return;
  const column = document.querySelector(`[data-column][aria-labelledby="${CSS.escape(place.column)}"]`);
  const left = column ? rowsOf(column) : [];
  choose(left[Math.min(place.at, left.length - 1)] ?? rows()[0], true);
  place = undefined;
});
