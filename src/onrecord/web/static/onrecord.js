// What is nicer with JavaScript. Without it every page reads and every form works.
"use strict";
const root = document.documentElement;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const recall = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* not kept */ } };

// light or dark: before anything is drawn
if (recall("scheme")) root.dataset.scheme = recall("scheme");
const turn = () => {
  const dark = root.dataset.scheme ? root.dataset.scheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.scheme = dark ? "light" : "dark";
  remember("scheme", root.dataset.scheme);
};

// a statement lights up its words, source, cue and card, and its other versions
const lightUp = () => {
  const marked = new Map();
  all("[data-s]").forEach((each) => each.dataset.s.split(" ").forEach((id) => {
    if (!marked.has(id)) marked.set(id, []);
    marked.get(id).push(each);
  }));
  let lit = [];
  const clear = () => { lit.forEach((each) => each.classList.remove("lit", "kin")); lit = []; };
  const add = (id, name) => (marked.get(id) || []).forEach((each) => { each.classList.add(name); lit.push(each); });
  const light = (id) => {
    clear();
    add(id, "lit");
    const card = document.getElementById(id);
    if (card) all("[data-version]", card).forEach((link) => add(link.dataset.version, "kin"));
  };
  const find = (target) => {
    const card = target.closest(".card");
    if (card) return card.id;
    const piece = target.closest(".text [data-s]");
    if (piece) return piece.dataset.i || piece.dataset.s.split(" ")[0];
    const anchor = target.closest(".anchor");
    return anchor ? anchor.hash.slice(1) : null;
  };
  ["mouseover", "focusin"].forEach((name) => document.addEventListener(name, (event) => {
    const id = find(event.target);
    if (id) light(id); else clear();
  }));
  all(".text").forEach((text) => text.addEventListener("click", (event) => {
    const id = getSelection().isCollapsed && event.target.closest("[data-s]") && find(event.target);
    if (id) { history.replaceState(null, "", `#${id}`); const card = document.getElementById(id); if (card) card.focus({ preventScroll: true }); }
  }));
};

// copying
const copy = async (button) => {
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  button.textContent = "Copied";
};

// the words that somebody marks, as places in the text: a hidden character is shown by its number, and is one
const count = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return [...node.data].length;
  return node.classList.contains("hidden-char") ? 1 : [...node.childNodes].reduce((sum, each) => sum + count(each), 0);
};
const locate = (node, offset) => {
  const start = node.nodeType === Node.TEXT_NODE ? node : node.childNodes[offset] || node.lastChild || node;
  const piece = (start.nodeType === Node.TEXT_NODE ? start.parentElement : start).closest("[data-at]") || start.querySelector?.("[data-at]");
  if (!piece) return null;
  let at = +piece.dataset.at;
  for (const each of piece.childNodes) {
    if (each === node) return at + [...node.data.slice(0, offset)].length;
    if (each.contains(node) || each === start) return at;
    at += count(each);
  }
  return at;
};
const take = () => {
  const chosen = getSelection();
  const box = document.querySelector("input[name=content]");
  if (!box || chosen.isCollapsed || !chosen.anchorNode.parentElement.closest("[data-context]")) return;
  const range = chosen.getRangeAt(0);
  const [first, last] = [locate(range.startContainer, range.startOffset), locate(range.endContainer, range.endOffset)];
  if (first !== null && last > first) box.value = `${first}-${last}`;
};

// a page that a bookmark sends: its address first, then, once we are there, what the window that opened us shows
const receive = () => {
  const [text, address, told] = ["[data-sent]", "[data-address]", "#sent"].map((each) => document.querySelector(each));
  if (!text || !location.hash) return;
  const tell = (words) => { told.textContent = words; told.hidden = false; };
  try { address.value = decodeURIComponent(location.hash.slice(1)); } catch { return; }
  history.replaceState(null, "", location.pathname);
  tell("Only the address came: press “Read” and it is fetched from here.");
  if (!window.opener) return;
  addEventListener("message", function take(event) {
    const page = event.source === window.opener && event.data && event.data.onrecord;
    if (!page || typeof page.html !== "string" || text.value) return;
    removeEventListener("message", take);
    text.value = page.html;
    address.value = "";
    tell(`The page came from ${page.url}: press “Read”.`);
  });
  window.opener.postMessage("onrecord: ready", "*");
};

// keys
let at = -1;
const step = (by) => {
  const steps = all("[data-step]");
  if (!steps.length) return;
  const focused = steps.findIndex((each) => each.contains(document.activeElement));
  at = Math.min(steps.length - 1, Math.max(0, (focused < 0 ? at : focused) + by));
  all(".here").forEach((each) => each.classList.remove("here"));
  const to = steps[at];
  to.classList.add("here");
  to.scrollIntoView({ block: "nearest" });
  (to.matches("[tabindex]") ? to : to.querySelector("a") || to).focus({ preventScroll: true });
};
const press = (selector) => {
  const found = document.querySelector(`.here ${selector}`) || document.querySelector(selector);
  if (found) found.click();
};
const keys = {
  "?": () => { const dialog = document.getElementById("keys"); if (dialog) dialog.showModal(); },
  "/": () => { const box = document.getElementById("find"); if (box) box.focus(); },
  h: () => location.assign("/"),
  j: () => step(1),
  k: () => step(-1),
  o: () => { const link = document.querySelector(".here a.open, .here a[href^='/statement/'], .here a[href^='/article/']"); if (link) link.click(); },
  b: () => press("[data-base]"),
  c: () => press("[data-copy]"),
  d: turn,
  a: () => press("[data-key='a']"),
  r: () => press("[data-key='r']"),
  n: () => press("[data-key='n']"),
  m: () => { const mend = document.querySelector("[data-mend]"); if (mend) { mend.open = true; mend.querySelector("input[name=source]").focus(); } },
};
const listen = (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || recall("keys") === "off") return;
  const field = event.target.closest("input, textarea, select, dialog");
  if (field && !field.closest("dialog:not([open])")) return; // the focus may still be in a dialog that was just closed
  const act = keys[event.key];
  if (act) { event.preventDefault(); act(); }
};

document.addEventListener("DOMContentLoaded", () => {
  all(".js").forEach((each) => { each.hidden = false; });
  all("button[data-scheme]").forEach((button) => button.addEventListener("click", turn));
  all("[data-copy]").forEach((button) => button.addEventListener("click", () => copy(button)));
  all("[data-take]").forEach((button) => button.addEventListener("click", take));
  all("[data-keys]").forEach((box) => {
    box.checked = recall("keys") !== "off";
    box.addEventListener("change", () => {
      remember("keys", box.checked ? "on" : "off");
      all("[data-keys]").forEach((other) => { other.checked = box.checked; });
    });
  });
  if (document.querySelector("[data-s]")) lightUp();
  document.addEventListener("keydown", listen);
  receive();
});
