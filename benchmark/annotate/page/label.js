// Labelling one answer: the sheet on the left, the labels on the right.
import { Refusal, insist } from "./api.js";
import { openCodebook, roundRow } from "./codebook.js";
import { banner, byId, clock, el, key, openDialog, say, words } from "./dom.js";
import { Draft } from "./draft.js";
import { Form } from "./form.js";
import { listen, openHelp } from "./keys.js";
import { Transcript } from "./transcript.js";

export const trouble = (is) => banner(is ? "The server can't be reached. Your work is kept in this browser and will be sent when it is back; you can go on reading and marking." : "");

// crypto.randomUUID would need https, which a server in the next room does not have.
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export function question(sheet, codebook) {
  const q = sheet.question;
  const points = (title, list) => list && list.length ? [el("h3", {}, title), el("ul", {}, list.map((point) => el("li", {}, point)))] : [];
  const notes = el("details", {}, el("summary", {}, "What the question's writer looks for ", key("o")), points("Decides a good answer", q.critical_points), points("To be passed quickly", q.obvious_points));
  return el("section", { class: "question", "aria-label": "Question" }, el("p", {}, q.prompt), el("p", { class: "quiet" }, `${words(q.round)} · ${sheet.medium} · budget ${clock(q.time_budget_s)}`), roundRow(codebook, q.round), notes);
}

// A sheet with its form, ready to be labelled. `save` gets the labels; returns {node, close, form, draft, transcript}.
export function workbench(app, sheet, draft, actions, extra = null) {
  const transcript = new Transcript(sheet, app.state.vocabulary.patterns, say);
  const form = new Form(app.state.vocabulary, sheet, draft, transcript);
  const codebook = () => openCodebook(app.codebook, sheet.question.round);
  const notes = () => { const details = document.querySelector(".question details"); details.open = !details.open; };
  const stop = listen(form, transcript, { ...actions, codebook, notes });
  // a click must not take the focus from the transcript: Enter would then press the button again instead of saving
  const button = (text, keys, onclick, extra = {}) => onclick && el("button", { type: "button", onclick, onpointerdown: (event) => event.preventDefault(), ...extra }, el("span", {}, text), key(keys));
  const flag = button(sheet.flagged ? "Marked for discussion" : "Discuss…", "m", actions.flag);
  const bar = el("div", { class: "bar" }, form.problems,
    button("Save and go on", "Enter", actions.save, { class: "primary" }),
    button("Undo", "z", () => { draft.undo(); form.draw(); }),
    button("Redo", "y", () => { draft.redo(); form.draw(); }),
    button("Codebook", "k", codebook),
    button("Keys", "?", openHelp),
    button("Skip…", "x", actions.skip),
    flag,
    button("‹", "[", actions.previous, { "aria-label": "Previous answer" }),
    button("›", "]", actions.next, { "aria-label": "Next answer" }),
    button("All answers", "g", actions.list));
  const node = el("div", { class: "bench" }, el("div", { class: "sheet" }, question(sheet, app.codebook), transcript.node), el("div", { class: "side" }, extra, form.node, bar));
  const close = () => { stop(); transcript.close(); draft.close(); };
  return { node, close, form, draft, transcript, flag };
}

export async function labelItem(app, position) {
  const turn = ++app.turn; // whoever goes elsewhere while this waits for the server is not called back
  const sheet = await app.get(`items/${position}`);
  if (turn !== app.turn) return;
  const place = `bench-annotate:${app.state.project}:${app.state.me}:${position}`;
  const path = `items/${position}`;
  const draft = new Draft(path, place, sheet, trouble);
  const items = app.state.items;
  const current = items[position - 1];
  let saving = false;

  async function send(kind, body) {
    if (saving) return;
    saving = true;
    try {
      await draft.settle();
      await insist(`${path}/${kind}`, "POST", { ...body, seconds: draft.seconds, key: newKey() }, trouble);
      draft.saved();
      current.status = kind === "skip" ? "skipped" : "done";
      current.draft = false;
      if (turn === app.turn) await app.goOn(position);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!error.problems.length) throw error;
      if (turn === app.turn) work.form.complain(error.problems);
      say(`Not saved: ${error.problems.map((p) => `${p.field} ${p.message}`).join("; ")}`);
    } finally {
      saving = false;
    }
  }

  const actions = {
    save: () => send("labels", { labels: draft.labels }),
    skip: () => ask("Skip this answer", "Why can't it be labelled? (empty, unreadable, repeats the question, you know who said it…)", sheet.skipped || "", "Skip it", (reason) => send("skip", { reason })),
    flag: () => ask("Mark for discussion", "What should the team talk about? Leave it empty to take the mark away.", sheet.note, "Keep", async (note) => {
      sheet.note = note.trim();
      sheet.flagged = current.flagged = Boolean(sheet.note);
      work.flag.firstChild.textContent = sheet.flagged ? "Marked for discussion" : "Discuss…";
      await insist(`${path}/flag`, "POST", { flagged: sheet.flagged, note }, trouble);
      say(sheet.flagged ? "marked for discussion" : "mark taken away");
    }),
    previous: position > 1 ? () => app.go(position - 1) : null,
    next: position < items.length ? () => app.go(position + 1) : null,
    list: () => app.list(),
  };
  const work = workbench(app, sheet, draft, actions, sheet.others && others(app, sheet));
  app.show(work.node, work.close);
  const note = sheet.status === "skipped" ? `Skipped: ${sheet.skipped}. Labels saved now take its place.` : sheet.status === "done" ? "Saved before; saving again keeps both versions and counts the later." : "";
  if (note) work.node.querySelector(".side").prepend(el("p", { class: "note" }, note));
  app.progress(position, draft);
  work.transcript.rows.focus();
  say(`Answer ${position} of ${items.length}, ${sheet.question.round.replaceAll("_", " ")}`);
}

// What each annotator said, for an adjudicator only.
function others(app, sheet) {
  const fields = ["verdict", "rating", "pace", "depth", "patterns", "confidence_direction", "signals", "rationale"];
  const told = (value) => (Array.isArray(value) ? value.map(words).join(", ") || "none" : value === null ? "–" : String(value).replaceAll("_", " "));
  const rows = fields.map((field) => el("tr", { class: new Set(sheet.others.map((o) => JSON.stringify(o.labels[field]))).size > 1 && field !== "rationale" ? "differs" : null }, el("th", { scope: "row" }, words(field)), sheet.others.map((o) => el("td", {}, told(o.labels[field])))));
  return el("section", { class: "others", "aria-label": "What the annotators said" }, el("h3", {}, "What the annotators said"), el("table", {}, el("thead", {}, el("tr", {}, el("td", {}), sheet.others.map((o) => el("th", { scope: "col" }, o.annotator)))), el("tbody", {}, rows)));
}

function ask(title, hint, value, verb, done) {
  const field = el("textarea", { rows: "3", maxlength: "1000", "aria-label": hint });
  field.value = value || "";
  const submit = () => {
    byId("dialog").close(); // at once, so that the next key is not typed into it
    return done(field.value);
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  });
  openDialog(title, el("p", {}, hint), field, el("p", {}, el("button", { type: "button", class: "primary", onclick: submit }, `${verb} `, key("Enter"))));
  field.focus();
}
