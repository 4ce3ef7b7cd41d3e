// What every page needs: theme, data scripts, elements, numbers, and the view kept in the address.
"use strict";

(() => {
  const root = document.documentElement;
  const here = new URL("..", document.currentScript.src).href;

  const remembered = () => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  };
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  if (remembered()) root.dataset.theme = remembered();
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    button.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      try { localStorage.setItem("theme", root.dataset.theme); } catch { /* a folder without storage forgets */ }
    });
  });

  // Data come as scripts, because a page opened from a folder may not fetch files.
  const waiting = new Map();
  const loaded = new Map();
  window.__shard = (name, data) => waiting.get(name)?.(data);
  const load = (name) => {
    if (!loaded.has(name)) {
      loaded.set(name, new Promise((resolve, reject) => {
        waiting.set(name, resolve);
        const script = document.createElement("script");
        script.src = `${here}data/${name}.js`;
        script.onerror = () => reject(new Error(`no data file ${name}.js`));
        document.head.append(script);
      }));
    }
    return loaded.get(name);
  };

  // Elements are built, never parsed: text from data stays text.
  const fill = (element, attributes, children) => {
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (name === "value") element.value = value;
      else element.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children.flat(Infinity)) if (child !== null && child !== undefined && child !== false) element.append(child);
    return element;
  };
  const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes, ...children) => fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

  const number = (value, digits = 2) => (value === null || value === undefined ? "–" : (Math.round(value * 10 ** digits) / 10 ** digits + 0).toFixed(digits));
  const percent = (value) => (value === null || value === undefined ? "–" : `${Math.round(100 * value)} %`);
  const quantity = (value) => {
    if (value === null || value === undefined) return "–";
    return Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));
  };
  const p = (value) => (value === null || value === undefined ? "–" : value < 0.001 ? "< .001" : value.toFixed(3).replace(/^0/, ""));
  const words = (name) => name.replaceAll("_", " ");
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

  const bar = ([value, low, high], own, least = -0.2, most = 1) => {
    if (value === null || value === undefined) return null;
    const x = (v) => (100 * (Math.min(Math.max(v, least), most) - least)) / (most - least);
    const line = (kind, from, to, top, bottom) => svg("line", { class: kind, x1: x(from).toFixed(1), x2: x(to).toFixed(1), y1: top, y2: bottom });
    return svg("svg", { class: "bar", viewBox: "0 0 100 12", "aria-hidden": "true" },
      line("axis", 0, 0, 0, 12),
      own === null || own === undefined ? null : line("own", own, own, 0, 12),
      line("range", low ?? value, high ?? value, 6, 6),
      svg("circle", { class: "dot", cx: x(value).toFixed(1), cy: 6, r: 3.2 }));
  };

  // The view in the address, after the #: a link shows what its sender saw.
  const view = () => Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  const keep = (changes) => {
    const next = new URLSearchParams(location.hash.slice(1));
    for (const [name, value] of Object.entries(changes)) {
      if (value === "" || value === null || value === undefined) next.delete(name);
      else next.set(name, value);
    }
    const text = next.toString();
    history.replaceState(null, "", text ? `#${text}` : location.href.split("#")[0]);
  };

  const select = (label, id, options, value, onchange) => {
    const option = ([key, text]) => h("option", { value: key }, text);
    const groups = options.map((one) => (one.group ? h("optgroup", { label: one.group }, one.options.map(option)) : option(one)));
    const control = h("select", { id, onchange: () => onchange(control.value) }, groups);
    control.value = value;
    if (control.value !== value) control.selectedIndex = 0;
    return h("div", { class: "control" }, h("label", { for: id }, label), control);
  };
  const whose = (board) => h("p", { class: board.people ? "whose" : "whose warn" }, h("strong", {}, "Whose labels?"), " ", board.whose,
    board.people ? "" : " Numbers say how close a scorer comes to those labels, not how well it judges people.");
  const fail = (error) => {
    document.getElementById("status")?.replaceChildren(String(error.message ?? error));
    document.querySelector("#status, [role=status]")?.classList.add("bad");
  };

  window.sdb = { load, h, svg, number, percent, quantity, p, words, clock, bar, view, keep, select, whose, fail };
})();
