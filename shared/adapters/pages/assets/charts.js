// Draws each chart from the table beside it, so that the two cannot differ. Without this script the tables stand there.
//
// data-chart-of="id"     a place for the chart of that table
// data-look, -colour     on the heading of a column: how it is drawn, in which colour of the style sheet
// data-x                 on the heading of the column that names the points
// data-says              on the table: what the chart shows, for those who do not see it
"use strict";

const charts = new Map(); // by the place in which they stand

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const number = (text) => (/\d/.test(text) ? Number(text.replace(/[^\d.−-]/g, "").replace("−", "-")) : null);

function read(table) {
  const heads = [...table.tHead.rows[0].cells];
  const rows = [...table.tBodies[0].rows];
  const column = (head) => rows.map((row) => row.cells[heads.indexOf(head)].textContent.trim());
  const series = heads.filter((head) => head.dataset.look);
  return {
    labels: column(heads.find((head) => "x" in head.dataset)),
    series: series.map((head) => ({ look: head.dataset.look, colour: head.dataset.colour, shown: column(head) })),
    unit: table.dataset.unit ?? "",
    says: table.dataset.says,
  };
}

function look(series, place, bars) {
  const stroke = colour(series.colour);
  if (series.look === "bar") {
    // one bar stands over its label; of two, one on each side
    const side = bars > 1 ? (place ? 1 : -1) : 0;
    const paths = uPlot.paths.bars({ size: [bars > 1 ? 0.36 : 0.62, 34], align: side, radius: 0.12, gap: bars > 1 ? 1 : 0 });
    return { paths, fill: stroke, stroke, width: 0, points: { show: false } };
  }
  const points = { show: true, size: 6, fill: stroke, stroke };
  const line = { stroke, width: 2.5, points, paths: uPlot.paths.linear() };
  if (series.look === "dashes") return { ...line, width: 2, dash: [6, 5] };
  return series.look === "area" ? { ...line, fill: `${stroke}2e` } : line;
}

// Every label, or every second, third ... of them, as many as have room; the last one always.
function places(count, width, longest) {
  const step = Math.max(1, Math.ceil((count * (longest * 6.6 + 14)) / Math.max(width, 1)));
  return [...Array(count).keys()].filter((at) => (count - 1 - at) % step === 0);
}

function options(data, size, keys) {
  const count = data.labels.length;
  const bars = data.series.filter((series) => series.look === "bar");
  const longest = Math.max(...data.labels.map((label) => label.length));
  const grid = { stroke: colour("line"), width: 1 };
  const font = "12px system-ui, sans-serif";
  const axis = { stroke: colour("quiet"), font, ticks: { show: false }, border: { show: false } };
  return {
    ...size,
    padding: [10, 26, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: bars.length === 0 } },
    scales: {
      x: { time: false, range: [-0.6, count - 0.4] },
      y: { range: (_, low, high) => [Math.min(0, low ?? 0), Math.max(1, high ?? 1) * 1.06] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        size: 28,
        splits: (chart) => places(count, chart.bbox.width / devicePixelRatio, longest),
        values: (_, at) => at.map((place) => data.labels[place] ?? ""),
      },
      {
        ...axis,
        grid,
        size: 46,
        space: 36,
        incrs: [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10000],
        values: (_, at) => at.map((value) => value.toLocaleString("en")),
      },
    ],
    series: [{}, ...data.series.map((series) => look(series, bars.indexOf(series), bars.length))],
    hooks: { setCursor: [(chart) => tell(data, chart.cursor.idx, keys)] },
  };
}

// The figures under the pointer, beside the keys.
function tell(data, at, keys) {
  const outputs = keys.querySelectorAll("output");
  data.series.forEach((series, place) => {
    outputs[place].textContent = at == null ? "" : series.shown[at];
  });
  keys.querySelector(".at").textContent = at == null ? "" : `${data.labels[at]}${data.unit ? `, ${data.unit}` : ""}`;
}

const size = (place) => ({ width: Math.max(place.clientWidth, 120), height: Math.max(place.clientHeight, 120) });

const watcher = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (!target.isConnected) {
      charts.get(target)?.destroy();
      charts.delete(target);
      watcher.unobserve(target);
    } else {
      charts.get(target)?.setSize(size(target));
    }
  }
});

function draw(holder) {
  const table = document.getElementById(holder.dataset.chartOf);
  const place = holder.querySelector(".canvas");
  const data = read(table);
  holder.hidden = false;
  charts.get(place)?.destroy();
  const figures = [data.labels.map((_, at) => at), ...data.series.map((series) => series.shown.map(number))];
  const chart = new uPlot(options(data, size(place), holder.querySelector(".series")), figures, place);
  const canvas = chart.ctx.canvas;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", data.says);
  charts.set(place, chart);
  watcher.observe(place);
}

function drawAll(root) {
  for (const holder of root.querySelectorAll("[data-chart-of]")) {
    if (charts.has(holder.querySelector(".canvas"))) continue;
    draw(holder);
    holder.parentElement.querySelector("details").open = false;
  }
}

const redraw = () => document.querySelectorAll("[data-chart-of]:not([hidden])").forEach(draw);

drawAll(document);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

// On paper stand the tables.
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll(".plot details:not([open])")];
  closed.forEach((details) => (details.open = true));
});
addEventListener("afterprint", () => closed.forEach((details) => (details.open = false)));

// What htmx brings has charts, too, and is said to those who do not see that it came.
const arrived = (event) => {
  drawAll(event.target instanceof Element ? event.target : document);
  for (const status of document.querySelectorAll("[data-says-when-swapped]")) {
    status.textContent = document.getElementById(status.dataset.saysWhenSwapped)?.textContent ?? "";
  }
};
document.addEventListener("htmx:afterSettle", arrived);
document.addEventListener("htmx:historyRestore", () => drawAll(document));

// An answer that is no page of measures says why as a page of its own.
for (const fault of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(fault, (event) => {
    const form = event.detail.elt?.closest?.("[data-whole-page-on-error]");
    if (form) form.submit();
  });
}
