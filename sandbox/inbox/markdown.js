/* The Markdown that Teams shows in a card: bold, italic, links, lists, backslash escapes; everything else is text.
 *
 * learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format
 *
 * Safe by construction: the only tags in the result are written out below, and every character of the source goes
 * through `escape`. A single line break is a space and an empty line a new paragraph, as in Teams.
 */

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const SCHEMES = new Set(["https:", "http:", "mailto:"]);
const PUNCTUATION = /[!-/:-@[-`{-~]/;
const WORD = /[\p{L}\p{N}]/u;
const LONGEST_URL = 2048;
const ITEM = /^\s*(?:([-*+])|(\d{1,9})[.)])\s+(.*)$/;

const escape = (text) => text.replace(/[&<>"']/g, (char) => ENTITIES[char]);

/** The address as a link may have it; null for anything but the web and mail. */
export function safeUrl(text) {
  try {
    const url = new URL(text.trim());
    return SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** HTML of a whole text. */
export function toHtml(text) {
  const blocks = [];
  let open = null; // the block that the next line may continue: {tag, start, lines}
  for (const line of text.split(/\r\n|\r|\n/)) {
    const item = ITEM.exec(line);
    if (item) {
      const tag = item[1] ? "ul" : "ol";
      if (open?.tag !== tag) blocks.push((open = { tag, start: Number(item[2] ?? 1), lines: [] }));
      open.lines.push(item[3]);
    } else if (!line.trim()) {
      open = null;
    } else if (open) {
      open.lines[open.lines.length - 1] += ` ${line.trim()}`;
    } else {
      blocks.push((open = { tag: "p", lines: [line.trim()] }));
    }
  }
  return blocks.map(block).join("");
}

function block({ tag, start, lines }) {
  if (tag === "p") return `<p>${inline(lines[0])}</p>`;
  const items = lines.map((line) => `<li>${inline(line)}</li>`).join("");
  return tag === "ul" ? `<ul>${items}</ul>` : `<ol start="${start}">${items}</ol>`;
}

/** HTML of text within a line. */
function inline(text) {
  let html = "";
  const hopeless = new Set(); // marks that are known to have no end in what follows
  for (let at = 0; at < text.length; ) {
    const found = escaped(text, at) ?? link(text, at) ?? emphasis(text, at, hopeless);
    html += found ? found.html : escape(text[at]);
    at = found ? found.end : at + 1;
  }
  return html;
}

function escaped(text, at) {
  if (text[at] !== "\\" || !PUNCTUATION.test(text[at + 1] ?? "")) return null;
  return { html: escape(text[at + 1]), end: at + 2 };
}

/** `[label](address)`; where the address is none of ours only the label is left. */
function link(text, at) {
  if (text[at] !== "[") return null;
  let close = at + 1;
  while (close < text.length && text[close] !== "]" && text[close] !== "[") close += text[close] === "\\" ? 2 : 1;
  if (text[close] !== "]" || text[close + 1] !== "(") return null;
  let end = close + 2;
  let depth = 1;
  for (const limit = end + LONGEST_URL; end < limit && end < text.length && !/\s/.test(text[end]); end++) {
    if (text[end] === "\\") end++;
    else if (text[end] === "(") depth++;
    else if (text[end] === ")" && --depth === 0) break;
  }
  if (text[end] !== ")") return null;
  const label = inline(text.slice(at + 1, close));
  const url = safeUrl(text.slice(close + 2, end).replace(/\\([!-/:-@[-`{-~])/g, "$1"));
  const html = url ? `<a href="${escape(url)}" target="_blank" rel="noopener noreferrer">${label}</a>` : label;
  return { html, end: end + 1 };
}

/** `**bold**`, `__bold__`, `*italic*`, `_italic_`; an underscore inside a word is an underscore. */
function emphasis(text, at, hopeless) {
  const char = text[at];
  if (char !== "*" && char !== "_") return null;
  const mark = text[at + 1] === char ? char + char : char;
  const inner = at + mark.length;
  if (hopeless.has(mark) || !text[inner] || /\s/.test(text[inner])) return null;
  if (char === "_" && WORD.test(text[at - 1] ?? "")) return null;
  for (let end = inner + 1; end < text.length; end++) {
    if (text[end - 1] === "\\" && text[end - 2] !== "\\") continue;
    if (!text.startsWith(mark, end) || /\s/.test(text[end - 1])) continue;
    if (mark.length === 1 && (text[end + 1] === char || text[end - 1] === char)) continue;
    if (char === "_" && WORD.test(text[end + mark.length] ?? "")) continue;
    const tag = mark.length === 2 ? "strong" : "em";
    return { html: `<${tag}>${inline(text.slice(inner, end))}</${tag}>`, end: end + mark.length };
  }
  hopeless.add(mark);
  return null;
}
