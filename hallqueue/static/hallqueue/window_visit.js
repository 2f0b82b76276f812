// The questions of a visit: come back, join a second number, put the service right, note, finish matter by matter.

import { t } from "./page.js";
import { ask } from "./window_dialog.js";
import { asideItems, servicesLike, ticketsLike } from "./window_find.js";
import { textsUnder } from "./window_words.js";

const STILL_OPEN = ["", "sent_on"];
const PEOPLE = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 30];

export const VISIT_QUESTIONS = {
  finish: (desk) => (openMatters(desk).length > 1 ? askFinish(desk) : desk.send("finish")),
  finish_with: (desk) => askFinish(desk),
  requeue: (desk) => askRequeue(desk),
  join: (desk) => askJoin(desk),
  correct: (desk) => askCorrect(desk),
  note: (desk) => askNote(desk),
  leave: (desk) => askGoing(desk, "leave"),
  close: (desk) => askGoing(desk, "close"),
};

const openMatters = (desk) => desk.frame().current.matters.filter(({ result }) => STILL_OPEN.includes(result));

/** One result for each matter; done is usual. The last field notes a paper that an e-licence replaced. */
function askFinish(desk) {
  const { current } = desk.frame();
  const matters = openMatters(desk);
  const several = matters.length > 1;
  const results = several ? ["done", "not_done", "sent_on"] : ["done", "not_done"];
  const options = results.map((each) => [each, t(`life.result.${each}`)]);
  const named = several ? matters : [current];
  ask({
    title: t("life.finish_title", current),
    choices: named.map((each, at) => ({ name: `matter${at}`, label: each.service, options, value: "done" })),
    presets: textsUnder("life.papers"),
    reason: { label: t("life.replaced"), hint: t("life.replaced_hint") },
    confirm: t("window.verb.finish"),
    submit: ({ reason, values }) => desk.send("finish", { results: Object.values(values), papers: reason }),
  });
}

function askRequeue(desk) {
  ask({
    title: t("life.requeue_title"),
    search: { label: t("window.pick_search"), find: async (query) => asideItems(desk, query) },
    confirm: t("window.verb.requeue"),
    submit: ({ item }) => Boolean(item) && desk.send("requeue", { ticket: item.id }),
  });
}

function askJoin(desk) {
  const { current } = desk.frame();
  ask({
    title: t("life.join_title", current),
    lead: t("life.join_lead", current),
    search: { label: t("life.join_search"), find: async (query) => (query.trim() ? ticketsLike(desk, query.trim().toUpperCase()) : null) },
    confirm: t("window.verb.join"),
    submit: ({ item }) => Boolean(item) && desk.send("join", { ticket: item.id }),
  });
}

function askCorrect(desk) {
  ask({
    title: t("life.correct_title", desk.frame().current),
    lead: t("life.correct_lead"),
    search: { label: t("life.correct_search"), find: (query) => servicesLike(desk, query) },
    confirm: t("window.verb.correct"),
    submit: ({ item }) => Boolean(item) && desk.send("correct", { service: item.id }),
  });
}

function askNote(desk) {
  const { current } = desk.frame();
  const options = PEOPLE.map((each) => [String(each), t("life.people", { count: each })]);
  ask({
    title: t("life.note_title", current),
    presets: textsUnder("life.notes"),
    reason: { label: t("window.note"), hint: t("life.note_hint"), value: current.note },
    choices: [{ name: "people", label: t("life.people_label"), options, value: String(current.people) }],
    confirm: t("life.keep"),
    submit: ({ reason, values }) => desk.send("note", { people: Number(values.people), note: reason }),
  });
}

/** Who goes home knows whom they leave parked; those stay for the other windows of the service. */
function askGoing(desk, verb) {
  const parked = desk.frame().aside.first.filter((row) => row.own && row.state === "parked");
  if (!parked.length) return desk.send(verb);
  ask({
    title: t("life.parked_left", { count: parked.length }),
    lead: t("life.parked_left_lead", { labels: parked.map((row) => row.label).join("、") }),
    confirm: t(`window.verb.${verb}`),
    submit: () => desk.send(verb),
  });
}
