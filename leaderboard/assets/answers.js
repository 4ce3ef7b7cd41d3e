// The list of answers: searched and filtered in the page.
"use strict";

(async () => {
  const { load, h, words, clock, view, keep, select, fail } = sdb;
  const PAGE = 50;
  const [site, index] = await Promise.all([load("site"), load("index")]);
  const state = { q: "", round: "", split: "", verdict: "", rating: "", pattern: "", length: "", board: "0", scorer: "", wrong: "", ...view() };
  let limit = PAGE;
  let texts = null;
  let labels = null;
  const rows = index.answers.map(([id, question, split, medium, seconds, count, band, verdicts, rating, patterns, excerpt]) => ({
    id, question, split, medium, seconds, count, band, verdicts, rating, patterns, excerpt, round: index.questions[question][0], budget: index.questions[question][1], prompt: index.questions[question][2],
  }));

  const prepare = async () => {
    if (state.q && !texts) texts = await load("texts");
    labels = null;
    if (state.scorer && site.runs[state.board]?.[state.scorer]) {
      const [reference, own] = await Promise.all([load(`reference-${state.board}`), load(`labels-${state.board}-${state.scorer}`)]);
      labels = new Map(reference.ids.map((id, i) => [id, [reference.rows[i], own[i]]]));
    }
  };
  const errs = (id) => {
    const pair = labels.get(id);
    if (!pair) return false;
    const [truth, own] = pair;
    if (state.wrong === "rating") return truth[1] !== null && own[1] !== null && Math.abs(own[1] - truth[1]) >= 1;
    if (state.wrong === "abstained") return own[0] === null && own[1] === null;
    return own[0] === null || !truth[0].includes(own[0]);
  };
  const matches = (row) => (
    (!state.round || row.round === state.round) && (!state.split || row.split === state.split) && (!state.length || row.band === state.length)
    && (!state.verdict || row.verdicts.some((v) => index.verdicts[v] === state.verdict)) && (!state.rating || row.rating === Number(state.rating))
    && (!state.pattern || (state.pattern === "none" ? !row.patterns.length : row.patterns.some((v) => index.patterns[v] === state.pattern)))
    && (!labels || errs(row.id)) && (!state.q || row.id.includes(state.q) || row.question.includes(state.q) || texts[row.id].includes(state.q)));

  const show = () => {
    const start = performance.now();
    const found = rows.filter(matches);
    const body = found.slice(0, limit).map((row) => h("tr", {},
      h("th", { scope: "row" }, h("a", { href: `answer.html#a=${row.id}&board=${state.board}` }, row.id), h("small", { class: "under" }, words(row.round))),
      h("td", { class: "words" }, row.excerpt, h("small", { class: "under" }, row.prompt)),
      h("td", {}, clock(row.seconds), h("small", { class: "under" }, `of ${clock(row.budget)}`)),
      h("td", {}, row.verdicts.map((v) => words(index.verdicts[v])).join(" / ") || "–"), h("td", {}, row.rating ?? "–"),
      h("td", { class: "words" }, row.patterns.map((v) => h("span", { class: "chip" }, words(index.patterns[v]))))));
    document.getElementById("list").replaceChildren(h("table", { class: "plain answers" },
      h("thead", {}, h("tr", {}, ["answer", "begins", "time", "verdict", "rating", "patterns"].map((t) => h("th", { scope: "col" }, t)))), h("tbody", {}, body)));
    document.getElementById("status").replaceChildren(`${found.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} answers`);
    document.getElementById("more").hidden = found.length <= limit;
    document.body.dataset.filtered = String(Math.round(performance.now() - start));
  };
  const change = async (changes) => {
    Object.assign(state, changes);
    keep(changes);
    limit = PAGE;
    await prepare();
    show();
  };

  const any = (values, text = words) => [["", "any"], ...values.map((v) => [String(v), text(String(v))])];
  const find = h("input", { type: "search", id: "q", autocomplete: "off", value: state.q, placeholder: "words in the answer, or an id", oninput: () => change({ q: find.value.toLowerCase() }) });
  const runs = Object.entries(site.runs[state.board] ?? {}).map(([id, [label]]) => [id, label]);
  const splits = [...new Set(rows.map((row) => row.split))];
  document.getElementById("controls").append(
    h("div", { class: "control wide" }, h("label", { for: "q" }, "Search"), find),
    select("Round", "round", any(site.rounds), state.round, (v) => change({ round: v })),
    select("Verdict", "verdict", any(site.verdicts), state.verdict, (v) => change({ verdict: v })),
    select("Rating", "rating", any([1, 2, 3, 4, 5]), state.rating, (v) => change({ rating: v })),
    select("Pattern", "pattern", [["", "any"], ["none", "none at all"], ...site.patterns.map((v) => [v, words(v)])], state.pattern, (v) => change({ pattern: v })),
    select("Length", "length", any(["short", "medium", "long"]), state.length, (v) => change({ length: v })),
    select("Split", "split", any(splits), state.split, (v) => change({ split: v })),
    select("Wrong by", "scorer", [["", "–"], ...runs], state.scorer, (v) => change({ scorer: v })),
    select("Wrong in", "wrong", [["verdict", "verdict"], ["rating", "rating, by 1 or more"], ["abstained", "abstained"]], state.wrong || "verdict", (v) => change({ wrong: v })));
  document.getElementById("more").addEventListener("click", () => { limit += PAGE; show(); });
  await prepare();
  show();
  document.body.dataset.ready = "yes";
})().catch(sdb.fail);
