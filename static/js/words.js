// The words of the page's language, written by the server into one JSON block.
const block = document.getElementById("words");
const words = block ? JSON.parse(block.textContent) : {};

/** The word for a key, with {name} places filled from `values`. */
export function word(key, values = {}) {
  const text = words[key];
  if (typeof text !== "string") return text ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

/** The content of a <meta name=…>, or "" when the page has none. */
export function meta(name) {
  return document.querySelector(`meta[name="${name}"]`)?.content ?? "";
}

/** An element from tag, attributes (on… are listeners) and children. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Move an element within the page: what leaves its place loses the focus, and gets it back. */
export function moving(element, move) {
  const held = element.contains(document.activeElement) ? document.activeElement : null;
  move();
  held?.focus();
}

const NS = "http://www.w3.org/2000/svg";
const PATHS = {
  left: "m12.5 5-5 5 5 5", right: "m7.5 5 5 5-5 5", close: "m5 5 10 10M15 5 5 15",
  calendar: "M3 4.5h14V17H3zM3 8.5h14M7 2.5v3.5M13 2.5v3.5",
};

/** One of the few line drawings that scripts need. */
export function icon(name) {
  const svg = document.createElementNS(NS, "svg");
  const path = document.createElementNS(NS, "path");
  for (const [key, value] of [["class", "i"], ["viewBox", "0 0 20 20"], ["aria-hidden", "true"]]) svg.setAttribute(key, value);
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
