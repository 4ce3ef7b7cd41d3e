// One keyboard for labelling: single keys outside text fields, groups with a digit after them.
import { byId, el, key, openDialog, say } from "./dom.js";

export const HELP = [
  ["→ ←", "next or previous word"], ["Shift + → ←", "extend the selection by a word"], ["Ctrl + Shift + → ←", "by a character"], ["↓ ↑", "next or previous segment"], ["Home End", "first or last word; with Shift, select up to it"],
  ["1 … 8", "mark the selected words with a pattern"], ["Shift + 1 … 8", "take a pattern away"], ["c 1, c 2", "confidence: over, under"],
  ["p, d, r 1 … 5", "pace, depth, rating"], ["v 1 … 4", "verdict"], ["s 1 … 5", "signals"], ["w", "write the rationale; Esc goes back"],
  ["Enter", "save and go on (in the rationale: Ctrl + Enter)"], ["z, y", "undo, redo"], ["[ ]", "previous, next answer"], ["g", "go to any answer"],
  ["x", "skip with a reason"], ["m", "mark for discussion"], ["k", "codebook"], ["o", "what the question's writer looks for"], ["?", "these keys"],
];
const GROUPS = "vrpdsc";

export function openHelp() {
  openDialog("Keys", el("table", { class: "keys" }, el("tbody", {}, HELP.map(([keys, what]) => el("tr", {}, el("td", {}, key(keys)), el("td", {}, what))))));
}

// `actions`: save, previous, next, list, skip, flag, notes, codebook. Returns how to stop listening.
export function listen(form, transcript, actions) {
  let group = null;
  const simple = { "[": actions.previous, "]": actions.next, g: actions.list, x: actions.skip, m: actions.flag, o: actions.notes, k: actions.codebook, "?": openHelp };

  function typed(event) {
    if (byId("dialog").open || event.altKey || event.metaKey) return false;
    const target = event.target;
    const inText = target.matches("textarea, input, select");
    if (event.key === "Enter" && !event.ctrlKey && target.matches("button, summary")) return false; // reached by Tab: it is meant
    if (event.key === "Enter" && (event.ctrlKey || !inText)) return !event.repeat && actions.save(), true;
    if (inText) {
      if (event.key !== "Escape") return false;
      transcript.rows.focus();
      return true;
    }
    const digit = /^Digit([1-9])$/.exec(event.code);
    if (event.ctrlKey && !event.key.startsWith("Arrow")) {
      if (event.key === "z") return again(form.draft.undo(), "undone"), true;
      if (event.key === "y" || event.key === "Z") return again(form.draft.redo(), "redone"), true;
      return false;
    }
    if (digit) {
      const n = Number(digit[1]);
      if (group) form.digit(group, n);
      else if (n <= form.vocabulary.patterns.length) {
        const name = form.vocabulary.patterns[n - 1];
        if (event.shiftKey) form.unmark(name);
        else form.mark(name);
      }
      pick(null);
      return true;
    }
    if (event.key.length === 1 && GROUPS.includes(event.key)) return pick(event.key), true;
    pick(null);
    if (event.key === "z") return again(form.draft.undo(), "undone"), true;
    if (event.key === "y") return again(form.draft.redo(), "redone"), true;
    if (event.key === "w") return form.rationale.focus(), true;
    if (Object.hasOwn(simple, event.key)) return simple[event.key] && simple[event.key](), true;
    return transcript.handle(event);
  }

  function again(changed, what) {
    form.draw();
    say(changed ? what : `nothing to be ${what}`);
  }

  function pick(next) {
    group = next;
    document.body.dataset.group = next || "";
  }

  function onKey(event) {
    if (typed(event)) event.preventDefault();
  }
  document.addEventListener("keydown", onKey);
  return () => document.removeEventListener("keydown", onKey);
}
