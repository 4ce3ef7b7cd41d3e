// Two scorers side by side: every headline with its difference, and the answers where they part.
"use strict";

(async () => {
  const { load, h, number, p, words, bar, view, keep, select, whose, fail } = sdb;
  const site = await load("site");
  const SHOWN = 60;
  const state = { board: "0", a: "", b: "", part: "verdict", ...view() };
  if (!(Number(state.board) < site.boards)) state.board = "0";

  const change = async (changes) => {
    Object.assign(state, changes);
    keep(changes);
    await draw();
  };

  const estimate = (one) => h("td", { title: one[4] ?? `n = ${one[3]}` }, h("b", {}, number(one[0])), one[1] === null ? null : h("small", {}, ` ${number(one[1])} to ${number(one[2])}`));

  const headlines = (board, a, b, pairs) => {
    const rows = ["overall", ...site.tracks].map((name) => {
      const one = pairs[name];
      const at = one ? one.order.indexOf(b.id) : -1;
      const pair = at < 0 ? null : [one.difference[at], one.low[at], one.high[at], one.p[at], one.adjusted[at]];
      const ahead = !pair || pair[4] === null || pair[4] > 0.05 ? "no difference shown" : pair[0] > 0 ? a.label : b.label;
      return h("tr", {}, h("th", { scope: "row" }, name), estimate(a.cells[name]), estimate(b.cells[name]),
        h("td", {}, pair ? h("b", {}, `${pair[0] > 0 ? "+" : ""}${number(pair[0])}`) : "–", pair && pair[1] !== null ? h("small", {}, ` ${number(pair[1])} to ${number(pair[2])}`) : null),
        h("td", { class: "barcell" }, pair ? bar(pair, null, -1, 1) : null),
        h("td", {}, pair ? p(pair[3]) : "–"), h("td", {}, pair ? p(pair[4]) : "–"), h("td", { class: "words" }, pair ? ahead : "not given by both"));
    });
    return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Headlines" }, h("table", { class: "plain" },
      h("thead", {}, h("tr", {}, ["headline", a.label, b.label, "difference", "drawn", "p", "p corrected", "ahead"].map((t) => h("th", { scope: "col" }, t)))), h("tbody", {}, rows)));
  };

  const parting = async (k, a, b) => {
    const [truth, one, two, index] = await Promise.all([load(`reference-${k}`), load(`labels-${k}-${a.id}`), load(`labels-${k}-${b.id}`), load("index")]);
    const about = new Map(index.answers.map((row) => [row[0], row]));
    const verdict = (code) => (code === null ? "–" : words(site.verdicts[code]));
    const found = truth.ids.map((id, i) => ({ id, truth: truth.rows[i], one: one[i], two: two[i] })).filter(({ one: x, two: y }) => (
      state.part === "verdict" ? x[0] !== y[0] : x[1] !== null && y[1] !== null && Math.abs(x[1] - y[1]) >= 1));
    if (state.part === "rating") found.sort((x, y) => Math.abs(y.one[1] - y.two[1]) - Math.abs(x.one[1] - x.two[1]));
    const right = (row, side) => (state.part === "verdict" ? side[0] !== null && row.truth[0].includes(side[0]) : row.truth[1] !== null && Math.abs(side[1] - row.truth[1]) < 0.5);
    const wins = [found.filter((r) => right(r, r.one) && !right(r, r.two)).length, found.filter((r) => right(r, r.two) && !right(r, r.one)).length];
    const side = (row, labels) => h("td", { class: right(row, labels) ? "right" : "wrong" }, `${verdict(labels[0])} · ${number(labels[1], 1)}`, h("span", { class: "vh" }, right(row, labels) ? " (as the annotators)" : " (not as the annotators)"));
    const rows = found.slice(0, SHOWN).map((row) => h("tr", {}, h("th", { scope: "row" }, h("a", { href: `answer.html#a=${row.id}&board=${k}` }, row.id)),
      h("td", {}, words(index.questions[about.get(row.id)[1]][0])), h("td", {}, `${row.truth[0].map(verdict).join(" / ")} · ${row.truth[1] ?? "–"}`), side(row, row.one), side(row, row.two),
      h("td", { class: "words soft" }, about.get(row.id)[10])));
    const what = state.part === "verdict" ? "verdicts differ" : "ratings differ by 1 or more";
    return [h("h2", {}, "Where they part"), select("Answers whose", "part", [["verdict", "verdicts differ"], ["rating", "ratings differ by 1 or more"]], state.part, (v) => change({ part: v })),
      h("p", { class: "note", id: "parting" }, `${found.length} of ${truth.ids.length} answers where ${what}: ${a.label} agrees with the annotators on ${wins[0]} where the other does not, ${b.label} on ${wins[1]}.${found.length > SHOWN ? ` The first ${SHOWN} are shown.` : ""}`),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Answers where they part" }, h("table", { class: "plain" },
        h("thead", {}, h("tr", {}, ["answer", "round", "annotators", a.label, b.label, "begins"].map((t) => h("th", { scope: "col" }, t)))), h("tbody", {}, rows)))];
  };

  const draw = async () => {
    const k = state.board;
    const board = await load(`board-${k}`);
    const runs = board.rows.filter((row) => row.id);
    const a = runs.find((row) => row.id === state.a) ?? runs[0];
    const b = runs.find((row) => row.id === state.b && row !== a) ?? runs.find((row) => row !== a);
    const options = (other) => runs.filter((row) => row !== other).map((row) => [row.id, row.label]);
    const focused = document.activeElement?.id;
    document.getElementById("controls").replaceChildren(
      select("Measured against", "reference", site.names.map((name, i) => [String(i), name]), k, (v) => change({ board: v, a: "", b: "" })),
      select("One", "one", options(null), a?.id ?? "", (v) => change({ a: v, b: v === b?.id ? a.id : (b?.id ?? "") })),
      b ? select("Other", "other", options(a), b.id, (v) => change({ a: a.id, b: v })) : "");
    document.getElementById("whose").replaceChildren(whose(board));
    if (!b) {
      document.getElementById("status").replaceChildren("This board has a single scorer: there is nothing to compare.");
      document.getElementById("result").replaceChildren();
      document.body.dataset.ready = "yes";
      return;
    }
    const pairs = await load(`pairs-${k}-${a.id}`);
    document.getElementById("status").replaceChildren(`${a.label} less ${b.label}: positive where the first is closer to the annotators. p corrected for all ${(runs.length * (runs.length - 1)) / 2} pairs of the board (Holm).`);
    document.getElementById("result").replaceChildren(headlines(board, a, b, pairs), ...await parting(k, a, b));
    if (focused) document.getElementById(focused)?.focus();
    document.body.dataset.ready = "yes";
  };
  await draw();
})().catch(sdb.fail);
