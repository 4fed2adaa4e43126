/** An exercise or a quiz: one question after the other, checked by the server, with hints, and how it went. */

import { announce, el, show } from "../../ui/dom.js";
import * as api from "../api.js";
import { attempt, remember } from "../attempts.js";
import { icon } from "../../ui/icons.js";
import { mount } from "../../ui/player.js";
import { kindOf } from "../place.js";
import { say } from "../words.js";
import { noPlayer } from "./notices.js";

/** @typedef {{object: string, delivered: any, item: any}} Question */

/** @param {import("./page.js").Wish} wish */
export function practice({ delivered, place, snapshot, next }) {
  const element = el("section", { class: "practice", "aria-label": delivered.document?.title });
  let player = null;
  let isGone = false;
  return {
    element,
    async enter() {
      const begin = async () => {
        const questions = await questionsOf(delivered);
        if (isGone) return;
        if (questions.length === 0) return void show(element, el("p", { class: "aside" }, say("empty")));
        player?.destroy();
        player = await run(element, { questions, delivered, place, snapshot, next, again: begin, isGone: () => isGone });
      };
      try {
        await begin();
      } catch {
        show(element, el("p", { class: "aside", role: "alert" }, say("failed")));
      }
    },
    leave() {
      isGone = true;
      player?.destroy();
    },
  };
}

/** An exercise asks all that it has; a quiz draws some of each of its exercises. @returns {Promise<Question[]>} */
async function questionsOf(delivered) {
  if (kindOf(delivered.key) !== "quiz") return (delivered.document?.items ?? []).map((item) => ({ object: delivered.object, delivered, item }));
  const drawn = await Promise.all((delivered.document?.draws ?? []).map(async ({ exercise, count }) => {
    const ref = delivered.refs?.[exercise];
    if (!ref) return [];
    const from = await api.object(ref.object);
    const items = shuffled(from.document?.items ?? []).slice(0, count ?? 1);
    return items.map((item) => ({ object: from.object, delivered: from, item }));
  }));
  return drawn.flat();
}

function shuffled(list) {
  const out = [...list];
  for (let last = out.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1));
    [out[last], out[other]] = [out[other], out[last]];
  }
  return out;
}

/** Asks the questions. @returns {Promise<{destroy: () => void}>} */
async function run(element, { questions, delivered, place, snapshot, next, again, isGone }) {
  const button = (className, onclick) => el("button", { type: "button", class: `button ${className}`, onclick });
  const where = el("h2", { class: "where", tabindex: "-1" });
  const dots = el("span", { class: "dots", "aria-hidden": "true" }, questions.map(() => el("i")));
  const stage = el("div", { class: "stage" });
  const note = el("p", { class: "note", role: "status" });
  const check = button("primary", tryIt);
  const hint = button("", showHint);
  const onward = button("", () => go(at + 1));
  show(element, el("div", { class: "practice-head" }, where, dots), stage, note,
    el("div", { class: "row actions" }, check, hint, onward));

  let at = -1;
  /** What is true of the question that is shown. */
  let now = null;
  /** By question: "right" at the first try, "later", or "missed". */
  const outcomes = questions.map(() => null);
  const player = await mount(stage, {
    title: delivered.document?.title, locale: delivered.locale, playsVideos: true,
    onInput: ({ userInput, empty }) => now && heard(userInput, empty),
    onError: ({ message }) => console.warn(message),
  }, noPlayer);
  if (!player) return { destroy() {} };
  go(0);
  return player;

  function go(index) {
    if (now && outcomes[at] === null) outcomes[at] = "missed";
    at = index;
    drawDots();
    if (at >= questions.length) return end();
    const { delivered: from, item } = questions[at];
    now = { input: null, empty: [], hints: [], media: {}, tries: 0, isRight: false, isBusy: false };
    where.textContent = say("question", at + 1, questions.length);
    note.textContent = "";
    player.settings({ locale: from.locale });
    player.load({ id: item.id, content: { type: "item", item }, media: api.pictures(from) });
    draw();
    if (index > 0) {
      where.focus({ preventScroll: true });
      element.scrollIntoView({ block: "start" });
    }
  }

  function heard(input, empty) {
    const isChange = now.input !== null && JSON.stringify(now.input) !== JSON.stringify(input);
    Object.assign(now, { input, empty });
    if (isChange && !now.isRight) {
      if (now.tries > 0) player.scored(null);
      note.textContent = "";
    }
  }

  async function tryIt() {
    const mine = now;
    if (mine.input === null || mine.isBusy) return;
    if (mine.empty.length > 0) return tell(say("emptyParts", mine.empty.length));
    const { object, delivered: from, item } = questions[at];
    mine.isBusy = true;
    draw();
    try {
      const answer = await attempt({ object, item: item.id, input: mine.input, locale: from.locale });
      if (mine !== now || isGone()) return;
      if (answer === null) {
        tell(say("kept"));
      } else {
        judge(answer.score, object, item);
      }
    } catch (error) {
      if (mine === now) tell(error.status === 422 ? error.message : say("noScore"));
    } finally {
      mine.isBusy = false;
      if (mine === now) draw();
    }
  }

  function judge(score, object, item) {
    player.scored(score);
    if (score.type !== "points") return;
    now.tries += 1;
    now.isRight = score.earned >= score.total;
    remember(object, item.id, now.isRight, kindOf(delivered.key) === "quiz" ? null : questions.length);
    if (now.isRight) outcomes[at] = now.tries === 1 && now.hints.length === 0 ? "right" : "later";
    drawDots();
    if (now.isRight) queueMicrotask(() => onward.focus());
  }

  async function showHint() {
    const mine = now;
    if (mine.isBusy) return;
    const { object, item } = questions[at];
    mine.isBusy = true;
    draw();
    try {
      const given = await api.hint({ object, item: item.id, n: mine.hints.length, snapshot, locale: place.locale });
      if (mine !== now || isGone()) return;
      mine.hints.push(given.hint);
      mine.hintsCount = given.count;
      Object.assign(mine.media, api.pictures(given));
      player.hints(mine.hints, mine.media);
    } catch (error) {
      if (mine === now) tell(error.code === "offline" ? say("offlineWhy") : say("noHint"));
    } finally {
      mine.isBusy = false;
      if (mine === now) draw();
    }
  }

  function tell(text) {
    note.textContent = text;
  }

  function draw() {
    const count = now.hintsCount ?? questions[at].item.hints?.length ?? 0;
    const left = count - now.hints.length;
    check.textContent = now.tries > 0 ? say("again") : say("check");
    check.hidden = now.isRight;
    check.setAttribute("aria-disabled", String(now.isBusy));
    show(hint, icon("bulb"), left > 0 ? say("hint", left) : say("noHints"));
    hint.hidden = count === 0 || now.isRight;
    hint.disabled = left <= 0;
    show(onward, at + 1 < questions.length ? (now.isRight ? say("nextQuestion") : say("skipQuestion")) : say("finish"), icon("next"));
    onward.classList.toggle("primary", now.isRight);
    onward.classList.toggle("quiet-button", !now.isRight);
  }

  function drawDots() {
    [...dots.children].forEach((dot, index) => { dot.className = `${outcomes[index] ?? ""} ${index === at ? "here" : ""}`.trim(); });
  }

  function end() {
    now = null;
    player.destroy();
    const right = outcomes.filter((row) => row === "right").length;
    const word = right === questions.length ? "resultGood" : right * 2 >= questions.length ? "resultFair" : "resultLow";
    const heading = el("h2", { class: "where", tabindex: "-1" }, say("result", right, questions.length));
    show(element, el("div", { class: "outcome" }, dots, heading, el("p", {}, say(word)),
      el("div", { class: "row" }, next && el("a", { class: "button primary", href: next }, say("goOn"), icon("next")),
        el("button", { type: "button", class: `button ${next ? "" : "primary"}`, onclick: again }, say("tryAgain")))));
    heading.focus();
    announce(heading.textContent);
  }
}
