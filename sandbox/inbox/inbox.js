/* The inbox page: channels at the left, their cards as Teams shows them, newest first, looked up every three seconds. */

import { renderCard } from "./cards.js";

const EVERY = 3000;
const AT_ONCE = 200;

const byId = (id) => document.getElementById(id);
const scroll = byId("scroll");
const messages = byId("messages");
const systemDark = matchMedia("(prefers-color-scheme: dark)");
const LARGEST = 28 * 1024; // bytes that Teams takes, as it counts them
const day = new Intl.DateTimeFormat("en", { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });

const state = {
  channel: "", // "" is all of them
  newest: 0, // the highest number that this page knows of
  oldest: 0, // the lowest that it shows
  shown: 0,
  channels: {}, // name -> how many cards
  states: {}, // name -> how it answers, where that was ever other than 202
  seen: null, // name -> how many there were when one last looked
  view: 0, // grows with every change of channel, so that late answers are dropped
};

// Messages --------------------------------------------------------------------------------------------------------

function message(item) {
  const node = byId("message").content.firstElementChild.cloneNode(true);
  const at = new Date(item.at);
  const time = node.querySelector("time");
  node.dataset.number = item.number;
  node.setAttribute("aria-label", `Foresignal in ${item.channel}, ${day.format(at)}, ${hour.format(at)}`);
  time.dateTime = item.at;
  time.title = `${item.at} (sandbox time)`;
  time.textContent = hour.format(at);
  const channel = node.querySelector(".in");
  channel.textContent = item.channel;
  channel.href = addressOf(item.channel);
  channel.hidden = state.channel !== "";
  node.card = item.card;
  renderCard(node.querySelector(".card"), item.card, isDark());
  node.querySelector(".toast").textContent = item.toast ? `Toast: ${item.toast}` : "";
  const size = node.querySelector(".size");
  size.textContent = item.size ? `${(item.size / 1024).toFixed(1)} of 28 KB` : "";
  size.title = "As Teams counts it: the message as an escaped string";
  size.classList.toggle("near", item.size > LARGEST * 0.9);
  return node;
}

function dayList(at, end) {
  const title = day.format(new Date(at));
  const neighbour = end === "top" ? messages.firstElementChild : messages.lastElementChild;
  if (neighbour?.dataset.day === title) return neighbour.querySelector(".list");
  const section = byId("day").content.firstElementChild.cloneNode(true);
  section.dataset.day = title;
  section.querySelector("h2 span").textContent = title;
  if (end === "top") messages.prepend(section);
  else messages.append(section);
  return section.querySelector(".list");
}

/** New ones go to the top; what is being read stays where it is. */
function addNewer(cards) {
  const before = scroll.scrollHeight;
  const top = scroll.scrollTop;
  for (const item of [...cards].reverse()) dayList(item.at, "top").prepend(message(item));
  state.shown += cards.length;
  if (top > 0) {
    scroll.scrollTop = top + scroll.scrollHeight - before;
    const waiting = Number(byId("fresh").dataset.waiting ?? 0) + cards.length;
    byId("fresh").dataset.waiting = waiting;
    byId("fresh").textContent = `↑ ${waiting} new`;
    byId("fresh").hidden = false;
  }
  byId("status").textContent = `${cards.length} new ${cards.length === 1 ? "card" : "cards"}`;
}

function addOlder(cards) {
  for (const item of cards) dayList(item.at, "bottom").append(message(item));
  state.shown += cards.length;
  if (cards.length) state.oldest = cards.at(-1).number;
}

function noneWaiting() {
  byId("fresh").hidden = true;
  byId("fresh").dataset.waiting = 0;
}

// Channels --------------------------------------------------------------------------------------------------------

const addressOf = (channel) => `#${new URLSearchParams({ channel })}`;

function total(channel) {
  if (channel) return state.channels[channel] ?? 0;
  return Object.values(state.channels).reduce((sum, count) => sum + count, 0);
}

function drawChannels() {
  const list = byId("channels");
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.channel : null;
  const names = ["", ...Object.keys(state.channels)];
  if (state.channel && !names.includes(state.channel)) names.push(state.channel);
  state.seen ??= { ...state.channels };
  state.seen[state.channel] = total(state.channel);
  if (!state.channel) state.seen = { ...state.channels };
  list.replaceChildren(...names.map(channelItem));
  if (focused !== null) list.querySelector(`[data-channel="${CSS.escape(focused)}"]`)?.focus();
  const count = total(state.channel);
  byId("channel").textContent = state.channel || "All channels";
  byId("count").textContent = count ? `${count} ${count === 1 ? "card" : "cards"}, newest first` : "";
  byId("empty").hidden = count > 0;
  byId("state").textContent = stateWords(state.states[state.channel]);
  byId("older").hidden = state.shown >= count;
  document.title = `${state.channel || "All channels"} · Teams inbox · Foresignal sandbox`;
}

const HOW = { off: "The flow is turned off", deleted: "The flow was deleted", stranger: "The flow lets nobody in", gone: "The flow is gone" };

/** How a channel answers, and what it did not take. */
function stateWords(found) {
  if (!found) return "";
  const refused = found.refused ? `${found.refused} not taken, last ${found.at.slice(11, 16)} (${found.answer})` : "";
  return [HOW[found.how], refused].filter(Boolean).join(" · ");
}

function channelItem(name) {
  const link = document.createElement("a");
  link.href = addressOf(name);
  link.dataset.channel = name;
  if (name === state.channel) link.setAttribute("aria-current", "page");
  const fresh = name !== "" && total(name) > (state.seen[name] ?? 0);
  link.classList.toggle("unread", fresh);
  const label = Object.assign(document.createElement("span"), { className: "label", textContent: name || "All channels" });
  const count = Object.assign(document.createElement("span"), { className: "badge", textContent: total(name) });
  count.setAttribute("aria-label", `${total(name)} cards${fresh ? ", some new" : ""}`);
  if (state.states[name] && state.states[name].how !== "on") {
    link.classList.add("down");
    label.textContent += " (down)";
  }
  link.append(label, count);
  const item = document.createElement("li");
  item.append(link);
  return item;
}

byId("channels").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const links = [...event.currentTarget.querySelectorAll("a")];
  links[links.indexOf(document.activeElement) + step]?.focus();
  event.preventDefault();
});

// Looking up ------------------------------------------------------------------------------------------------------

async function ask(parameters) {
  const answer = await fetch(`cards.json?${new URLSearchParams({ channel: state.channel, limit: AT_ONCE, ...parameters })}`);
  if (!answer.ok) throw new Error(`the sandbox answers ${answer.status}`);
  return answer.json();
}

/** Ask, and apply the answer unless the channel was changed meanwhile. */
async function update(parameters, apply) {
  const view = state.view;
  try {
    const found = await ask(parameters);
    if (view !== state.view) return;
    state.channels = found.channels;
    state.states = found.states;
    byId("clock").textContent = `${found.now.slice(0, 10)} ${found.now.slice(11, 16)} UTC`;
    byId("trouble").hidden = true;
    apply(found);
    drawChannels();
  } catch (error) {
    byId("trouble").textContent = `No answer from the sandbox (${error.message}). Trying again every three seconds.`;
    byId("trouble").hidden = false;
  }
}

async function load() {
  state.view++;
  await update({}, (found) => {
    messages.replaceChildren();
    Object.assign(state, { newest: found.newest, oldest: 0, shown: 0 });
    addOlder(found.cards);
    scroll.scrollTop = 0;
    noneWaiting();
  });
}

async function poll() {
  let again = false;
  await update({ after: state.newest }, (found) => {
    again = found.newest < state.newest || found.cards.length === AT_ONCE; // another inbox, or more than fit
    if (again) return;
    if (found.cards.length) addNewer(found.cards);
    state.newest = found.newest;
  });
  if (again) await load();
  setTimeout(poll, EVERY);
}

function choose() {
  state.channel = new URLSearchParams(location.hash.slice(1)).get("channel") ?? "";
  return load();
}

window.addEventListener("hashchange", () => location.hash !== "#messages" && choose());
scroll.addEventListener("scroll", () => scroll.scrollTop === 0 && noneWaiting());
byId("fresh").addEventListener("click", () => {
  scroll.scrollTo({ top: 0 });
  scroll.focus();
  noneWaiting();
});
byId("older").addEventListener("click", () => update({ before: state.oldest }, (found) => addOlder(found.cards)));

// Theme and width -------------------------------------------------------------------------------------------------

function isDark() {
  const chosen = byId("theme").value;
  return chosen ? chosen === "dark" : systemDark.matches;
}

/** What was chosen stays for the next visit, where the browser keeps anything. */
function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // a browser that keeps nothing shows the same page
  }
}

function redraw() {
  document.documentElement.dataset.theme = byId("theme").value;
  document.documentElement.dataset.width = byId("width").value;
  for (const node of messages.querySelectorAll(".message")) renderCard(node.querySelector(".card"), node.card, isDark());
}

for (const name of ["theme", "width"]) {
  try {
    byId(name).value = localStorage.getItem(name) ?? "";
  } catch {
    byId(name).value = "";
  }
  byId(name).addEventListener("change", () => {
    keep(name, byId(name).value);
    redraw();
  });
}
systemDark.addEventListener("change", redraw);
redraw();

await choose();
setTimeout(poll, EVERY);
