/* One card as Teams shows it, with what the renderer has to say against it below. */

import { hostConfig } from "./hosts.js";
import { safeUrl, toHtml } from "./markdown.js";

let mentioned = []; // the texts of the card that is being drawn which Teams shows as people

function processMarkdown(text, result) {
  result.outputHtml = mentioned.reduce((html, each) => html.replaceAll(escaped(each), personOf(each)), toHtml(text));
  result.didProcess = true;
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const personOf = (text) => `<span class="mention">${escaped(text.replace(/^<at>|<\/at>$/g, ""))}</span>`;

function mentionsOf(json) {
  const entities = json?.msteams?.entities ?? [];
  return entities.filter((each) => each?.type === "mention" && /^<at>.+<\/at>$/.test(each.text)).map((each) => each.text);
}

/** Fill `box` with the card, and with what the renderer has to say against it. */
export function renderCard(box, json, dark) {
  const faults = [];
  mentioned = mentionsOf(json);
  box.replaceChildren();
  box.classList.toggle("wide", json?.msteams?.width?.toLowerCase?.() === "full");
  try {
    const { AdaptiveCard, HostConfig, SerializationContext, Versions } = window.AdaptiveCards;
    AdaptiveCard.onProcessMarkdown = processMarkdown;
    const context = new SerializationContext(Versions.v1_5); // the newest that Teams shows
    const card = new AdaptiveCard();
    card.maxVersion = Versions.v1_5;
    card.hostConfig = new HostConfig(hostConfig(dark));
    card.onExecuteAction = (action) => execute(action, box);
    card.parse(json, context);
    for (let i = 0; i < context.eventCount; i++) faults.push(context.getEventAt(i).message);
    for (const event of card.validateProperties().validationEvents) faults.push(event.message);
    const node = card.render();
    if (node?.childNodes.length) box.append(node);
    else faults.push("The card is empty.");
  } catch (error) {
    faults.push(window.AdaptiveCards ? String(error) : "The renderer is missing: run `npm ci` in the project's folder.");
  }
  if (faults.length) box.append(faultBox([...new Set(faults)]));
}

function faultBox(faults) {
  const box = document.createElement("div");
  box.className = "faults";
  box.setAttribute("role", "alert");
  const title = document.createElement("strong");
  title.textContent = "Teams would not show this card as it is meant";
  const list = document.createElement("ul");
  for (const fault of faults) list.append(Object.assign(document.createElement("li"), { textContent: fault }));
  box.append(title, list);
  return box;
}

function execute(action, box) {
  const kind = action.getJsonTypeName();
  if (kind === "Action.OpenUrl") {
    const url = safeUrl(action.url ?? "");
    if (url) window.open(url, "_blank", "noopener,noreferrer");
    else hint(box, "This button has no address that Teams would open.");
  } else if (kind === "Action.Submit" || kind === "Action.Execute") {
    hint(box, "A card from a Workflows webhook has no bot behind it: in Teams this button fails.");
  } // showing and hiding parts of a card is done by the renderer
}

function hint(box, text) {
  box.querySelector(".hint")?.remove();
  box.append(Object.assign(document.createElement("p"), { className: "hint", role: "alert", textContent: text }));
}
