/** An exercise or a quiz: one question after another, checked by the server, with hints and a result at the end. */

import { announce, el, show } from "../../ui/dom.js";
import { icon } from "../../ui/icons.js";
import { directionOf, languageName } from "../../ui/language.js";
import { mount } from "../../ui/player.js";
import { kindOf } from "../../ui/kinds.js";
import * as api from "../api.js";
import { attempt, keptOf, onOutcome, resultOf, whenSent } from "../attempts.js";
import { pastOf, remember, rememberAsked } from "../progress.js";
import { endRun, keepRun, runOf, shuffled } from "../run.js";
import { isChanged, signOf } from "../sign.js";
import { say } from "../words.js";
import { asking } from "./article.js";
import { noPlayer } from "./notices.js";

/** @typedef {{object: string, delivered: any, item: any, number: number}} Question `number` is its place in its exercise, from 1 */

/** @param {import("./page.js").Wish} wish */
export function practice({ delivered, place, snapshot, next }) {
  const element = el("section", { class: "practice", "aria-label": delivered.document?.title });
  let running = null;
  let isGone = false;
  return {
    element,
    async enter() {
      const begin = async () => {
        const run = runOf(delivered.key);
        const questions = await questionsOf(delivered, run);
        if (isGone) return;
        if (questions.length === 0) return void show(element, el("p", { class: "aside" }, say("empty")));
        running?.leave();
        running = await ask(element, { run, questions, delivered, place, snapshot, next, again: begin, isGone: () => isGone });
      };
      try {
        await begin();
      } catch {
        show(element, el("p", { class: "aside", role: "alert" }, say("failed")));
      }
    },
    leave() {
      isGone = true;
      running?.leave();
    },
  };
}

/**
 * An exercise asks all its questions. A quiz draws some from each of its exercises, once a go.
 * @returns {Promise<Question[]>}
 */
async function questionsOf(delivered, run) {
  const all = (from) => (from.document?.items ?? []).map((item, index) => ({ object: from.object, delivered: from, item, number: index + 1 }));
  if (kindOf(delivered.key) !== "quiz") {
    rememberAsked(delivered.key, all(delivered).map(({ item }) => item.id));
    return all(delivered);
  }
  const drawn = await Promise.all((delivered.document?.draws ?? []).map(async ({ exercise, count = 1 }) => {
    const ref = delivered.refs?.[exercise];
    if (!ref) return [];
    const questions = all(await api.object(ref.object));
    // Questions that were drawn before stay for as long as they exist.
    const before = (run.drawn[exercise] ?? []).flatMap((id) => questions.find(({ item }) => item.id === id) ?? []);
    const others = shuffled(questions.map(({ item }) => item), run.seed).filter(({ id }) => !before.some(({ item }) => item.id === id));
    const chosen = [...before, ...others.map(({ id }) => questions.find(({ item }) => item.id === id))].slice(0, count);
    run.drawn[exercise] = chosen.map(({ item }) => item.id);
    return chosen;
  }));
  keepRun(delivered.key, run);
  return drawn.flat();
}

/** Asks the questions. @returns {Promise<{leave: () => void}>} */
async function ask(element, { run, questions, delivered, place, snapshot, next, again, isGone }) {
  const button = (className, onclick) => el("button", { type: "button", class: `button ${className}`, onclick });
  const where = el("h2", { class: "where", tabindex: "-1" });
  const dots = el("span", { class: "dots", "aria-hidden": "true" }, questions.map(() => el("i")));
  const past = el("div", {});
  const stage = el("div", { class: "stage" });
  const note = el("p", { class: "note", role: "status" });
  const check = button("primary", tryIt);
  const hint = button("", showHint);
  const onward = button("", () => go(at + 1));
  show(element, el("div", { class: "practice-head" }, where, dots), past, stage, note,
    el("div", { class: "row actions" }, check, hint, onward));

  const nameOf = ({ delivered: from, item }) => `${from.key}/${item.id}`;
  let at = -1;
  /** The state of the question on the page. */
  let now = null;
  /**
   * By question: "right" at the first try, "later", "missed", "waiting" for a connection, or "none" if nothing is
   * checked.
   */
  const outcomes = questions.map((question) => outcomeOf(run, nameOf(question), question));
  const player = await mount(stage, {
    title: delivered.document?.title, locale: delivered.locale, playsVideos: true,
    ...asking({ delivered, place, snapshot, item: () => ({ object: questions[at].object, id: questions[at].item.id }) }),
    onInput: ({ userInput, empty }) => now && heard(userInput, empty),
    onError: ({ message }) => console.warn(message),
  }, noPlayer);
  if (!player) return { leave() {} };
  const listening = [onOutcome(heardOutcome), whenSent(endOffline)];
  addEventListener("online", endOffline);
  go(Math.min(run.at, questions.length - 1));
  return {
    leave() {
      listening.forEach((stop) => stop());
      removeEventListener("online", endOffline);
      player.destroy();
    },
  };

  function go(index) {
    const isFirst = at < 0;
    if (now) leaveQuestion();
    at = index;
    drawDots();
    if (at >= questions.length) return end();
    Object.assign(run, { at });
    keepRun(delivered.key, run);
    const { object, delivered: from, item } = questions[at];
    const locale = item.locale ?? from.locale;
    now = { input: null, empty: [], hints: [], media: {}, tries: 0, isRight: false, isDone: false, isBusy: false, isOffline: false };
    where.textContent = say("question", at + 1, questions.length);
    show(past, notices(from, item, locale));
    // An answer that waits for a connection is restored, but only in exactly the question that it answers.
    const waiting = keptOf(from.key, item.id);
    const userInput = waiting?.object === object ? waiting.input : undefined;
    tell(waiting ? say("kept") : "", waiting !== null);
    player.settings({ locale, direction: directionOf(locale) });
    player.load({ id: item.id, content: { type: "item", item }, media: api.pictures(from), seed: `${run.seed}/${item.id}`, userInput });
    draw();
    if (!isFirst) {
      where.focus({ preventScroll: true });
      element.scrollIntoView({ block: "start" });
    }
  }

  /**
   * A question that was left without a right answer is missed, unless its answer waits for a connection or nothing is
   * checked.
   */
  function leaveQuestion() {
    const { delivered: from, item } = questions[at];
    if (outcomes[at] === null || outcomes[at] === "waiting") settle(keptOf(from.key, item.id) ? "waiting" : "missed");
  }

  /** Notices about a question: its language, if that is another one, and what the learner did with it before. */
  function notices(from, item, locale) {
    const before = pastOf(from.key, item, from.locale);
    // The page already says so about itself as a whole.
    const isTold = locale === place.locale || (locale === delivered.locale && delivered.locale !== place.locale);
    return [
      !isTold && el("p", { class: "aside" }, say("questionNotTranslated", languageName(locale, place.locale))),
      before?.isRight && el("p", { class: "past" }, icon("check"), say(before.isChanged ? "pastChanged" : "past")),
    ];
  }

  function heard(input, empty) {
    const isChange = now.input !== null && JSON.stringify(now.input) !== JSON.stringify(input);
    Object.assign(now, { input, empty });
    if (isChange && !now.isRight) {
      if (now.tries > 0) player.scored(null);
      tell("");
    }
  }

  async function tryIt() {
    const mine = now;
    if (mine.input === null || mine.isBusy) return;
    if (mine.empty.length > 0) return tell(say("emptyParts", mine.empty.length));
    const { object, delivered: from, item, number } = questions[at];
    mine.isBusy = true;
    draw();
    try {
      const answer = await attempt({ object, key: from.key, item, input: mine.input, locale: from.locale, title: from.document?.title ?? "", number });
      if (mine !== now || isGone()) return;
      if (answer === null) tell(say("kept"), true);
      else judge(answer);
    } catch (error) {
      if (mine === now) tell(error.status === 422 ? error.message : say("noScore"));
    } finally {
      mine.isBusy = false;
      if (mine === now) draw();
    }
  }

  /** @param {{score: any, refs?: object}} answer a score, with the pictures in its messages */
  function judge({ score, refs }) {
    const { delivered: from, item } = questions[at];
    const result = resultOf(score);
    tell("");
    player.scored(score, undefined, api.pictures({ refs }));
    if (result === "unreadable") return;
    now.tries += 1;
    now.isRight = result === "right";
    now.isDone = now.isRight || result === "uncounted";
    if (result === "uncounted") settle("none");
    else remember(from.key, item, now.isRight, from.locale, questions[at].object);
    if (now.isRight) settle(run.tried[nameOf(questions[at])] ? "later" : "right");
    else keepTried();
    drawDots();
    if (now.isDone) queueMicrotask(() => onward.focus());
  }

  /** A learner who has tried or had help is no longer right at the first try, not even after a reload. */
  function keepTried() {
    run.tried[nameOf(questions[at])] = true;
    keepRun(delivered.key, run);
  }

  function settle(outcome, index = at) {
    if (outcomes[index] === null || outcomes[index] === "waiting") outcomes[index] = outcome;
    run.outcomes[nameOf(questions[index])] = { outcome: outcomes[index], ...askedBy(questions[index]) };
    keepRun(delivered.key, run);
  }

  /**
   * A kept answer was checked meanwhile, perhaps by another tab. It counts for its question, whether that is shown or
   * not.
   */
  function heardOutcome(outcome) {
    const index = questions.findIndex(({ delivered: from, item }) => from.key === outcome.key && item.id === outcome.item);
    if (index < 0 || isGone()) return;
    const isShown = now !== null && index === at && JSON.stringify(now.input) === JSON.stringify(outcome.input);
    if (isShown && outcome.score) {
      judge(outcome);
      draw();
    } else if (outcome.result === "right" || outcomes[index] === "waiting") {
      if (outcomes[index] === "missed") outcomes[index] = null;
      if (outcome.result === "wrong") run.tried[nameOf(questions[index])] = true;
      settle(outcome.result !== "right" ? "missed" : run.tried[nameOf(questions[index])] ? "later" : "right", index);
      drawDots();
    }
    if (now) endOffline();
    else showOutcome();
  }

  /** Removes messages about the lost connection. An answer that still waits says so itself. */
  function endOffline() {
    if (!now?.isOffline) return;
    const { delivered: from, item } = questions[at];
    if (!keptOf(from.key, item.id)) tell("");
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
      keepTried();
      mine.hintsCount = given.count;
      Object.assign(mine.media, api.pictures(given));
      player.hints(mine.hints, mine.media);
      tell("");
    } catch (error) {
      const isOffline = error.code === "offline";
      if (mine === now) tell(isOffline ? `${say("offline")}. ${say("offlineWhy")}` : say("noHint"), isOffline);
    } finally {
      mine.isBusy = false;
      if (mine === now) draw();
    }
  }

  function tell(text, isOffline = false) {
    now.isOffline = isOffline;
    note.textContent = text;
  }

  function draw() {
    const count = now.hintsCount ?? questions[at].item.hints?.length ?? 0;
    const left = count - now.hints.length;
    check.textContent = now.tries > 0 ? say("again") : say("check");
    check.hidden = now.isDone;
    check.setAttribute("aria-disabled", String(now.isBusy));
    show(hint, icon("bulb"), left > 0 ? say("hint", left) : say("noHints"));
    hint.hidden = count === 0 || now.isRight;
    hint.disabled = left <= 0;
    show(onward, at + 1 < questions.length ? (now.isDone ? say("nextQuestion") : say("skipQuestion")) : say("finish"), icon("next"));
    onward.classList.toggle("primary", now.isDone);
    onward.classList.toggle("quiet-button", !now.isDone);
  }

  function drawDots() {
    [...dots.children].forEach((dot, index) => { dot.className = `${outcomes[index] ?? ""} ${index === at ? "here" : ""}`.trim(); });
  }

  function end() {
    now = null;
    endRun(delivered.key);
    player.destroy();
    showOutcome().focus();
  }

  /**
   * The result as far as it is known; answers that wait for a connection are added later. @returns {HTMLElement} its
   * heading
   */
  function showOutcome() {
    const count = (outcome) => outcomes.filter((row) => row === outcome).length;
    const [right, uncounted, waiting] = [count("right"), count("none"), count("waiting")];
    const of = questions.length - uncounted - waiting;
    const word = right === of ? "resultGood" : right * 2 >= of ? "resultFair" : "resultLow";
    const heading = el("h2", { class: "where", tabindex: "-1" }, of > 0 ? say("result", right, of) : say("done"));
    show(element, el("div", { class: "outcome" }, dots, heading, of > 0 && el("p", {}, say(word)), waiting > 0 && el("p", {}, say("waiting", waiting)), uncounted > 0 && el("p", {}, say("notCounted", uncounted)),
      el("div", { class: "row" }, next && el("a", { class: "button primary", href: next }, say("goOn"), icon("next")),
        el("button", { type: "button", class: `button ${next ? "" : "primary"}`, onclick: again }, say("tryAgain")))));
    announce(heading.textContent);
    return heading;
  }
}

/** What identifies a question, so that its outcome is not taken for that of another question in its place. */
const askedBy = ({ object, delivered, item }) => ({ object, rubric: item.rubric ?? null, sign: signOf(item, delivered.locale) });

/** The outcome of a question in this go, unless it has been published again since and asks something else. */
function outcomeOf(run, name, question) {
  const before = run.outcomes[name];
  if (!before) return null;
  const { rubric, sign } = askedBy(question);
  if (before.rubric === rubric || (before.sign && !isChanged(before.sign, sign))) return before.outcome;
  delete run.outcomes[name];
  delete run.tried[name];
  return null;
}
