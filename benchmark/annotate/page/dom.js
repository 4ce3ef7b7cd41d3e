// Building the page from data: text only ever becomes text nodes, so that nothing in an answer or a note can become markup.

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const key = (text) => el("kbd", {}, text);

export const byId = (id) => document.getElementById(id);

export function say(text) {
  byId("say").textContent = text;
}

export function banner(text) {
  byId("banner").textContent = text || "";
  byId("banner").hidden = !text;
}

export const words = (id) => id.replaceAll("_", " ");

export function clock(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

// A dialog with a heading; closes with Escape or its button. Returns the node to fill.
export function openDialog(title, ...children) {
  const dialog = byId("dialog");
  const heading = el("h2", { id: "dialog-title" }, title);
  dialog.setAttribute("aria-labelledby", "dialog-title");
  dialog.replaceChildren(heading, ...children.flat(), el("p", {}, el("button", { type: "button", onclick: () => dialog.close() }, "Close ", key("Esc"))));
  if (!dialog.open) dialog.showModal();
  return dialog;
}
