/**
 * The person or organisation to name.
 */
export type Author = string;
/**
 * How this differs from the source, where the licence wants that said.
 */
export type ChangesMade = string;
/**
 * The name of the work that this was taken or adapted from.
 */
export type TitleOfTheSource = string;
/**
 * Where the original can be found.
 */
export type AddressOfTheSource = string;
/**
 * Where this stands in several places: the place whose address is the official one. Leave empty to take the first place in reading order.
 */
export type CanonicalParent = string;
/**
 * One or two sentences under the title that say what a learner will find or be able to do. Markdown.
 */
export type Description = string;
/**
 * The school grade that this is written for: K for kindergarten, 1 to 12, or `higher` beyond school.
 */
export type Grade = "K" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "10" | "11" | "12" | "higher";
/**
 * The tools that a learner may use: calculators and tables. Other flags are kept as Perseus left them.
 */
export type Tools = {
  calculator?: Calculator;
  calculatorVariant?: KindOfCalculator;
  chi2Table?: ChiSquaredTable;
  financialCalculatorMonthlyPayment?: FinancialCalculatorMonthlyPayment;
  financialCalculatorTimeToPayOff?: FinancialCalculatorTimeToPayOff;
  financialCalculatorTotalAmount?: FinancialCalculatorTotalAmount;
  periodicTable?: PeriodicTable;
  periodicTableWithKey?: PeriodicTableWithKey;
  tTable?: TTable;
  zTable?: ZTable;
  [k: string]: unknown;
} | null;
/**
 * Offer a calculator.
 */
export type Calculator = boolean | null;
/**
 * scientific, graphing or four_function.
 */
export type KindOfCalculator = string | null;
/**
 * Offer it.
 */
export type ChiSquaredTable = boolean | null;
/**
 * Offer it.
 */
export type FinancialCalculatorMonthlyPayment = boolean | null;
/**
 * Offer it.
 */
export type FinancialCalculatorTimeToPayOff = boolean | null;
/**
 * Offer it.
 */
export type FinancialCalculatorTotalAmount = boolean | null;
/**
 * Offer it.
 */
export type PeriodicTable = boolean | null;
/**
 * Offer it.
 */
export type PeriodicTableWithKey = boolean | null;
/**
 * Offer it.
 */
export type TTable = boolean | null;
/**
 * Offer it.
 */
export type ZTable = boolean | null;
/**
 * Steps towards the answer, shown one by one when a learner asks.
 *
 * @maxItems 100
 */
export type Hints = ({
  [k: string]: unknown;
} | null)[];
/**
 * Names this element for ever: translations, history and merges go by it. Never reuse the id of a removed one.
 */
export type Id = string;
/**
 * Raised when old readers would misread it.
 */
export type Major = number;
/**
 * Raised when old readers still do well.
 */
export type Minor = number;
/**
 * Markdown with TeX between dollar signs and widgets as `[[☃ name]]`. Pictures as `![alt](image/ID)`.
 */
export type Text = string;
/**
 * Left by older editors; players ignore it.
 */
export type Metadata = {} | unknown[] | string | null;
/**
 * For a hint: shown in place of the hints before it. Without meaning elsewhere.
 */
export type Replace = boolean | null;
/**
 * The questions. A learner gets them in varying order; each is translated and scored as a whole.
 *
 * @maxItems 1000
 */
export type Items = Item[];
/**
 * The terms under which others may use this. An entry takes none from its parents: name it on each.
 */
export type Licence =
  | "CC0-1.0"
  | "CC-BY-3.0"
  | "CC-BY-4.0"
  | "CC-BY-SA-3.0"
  | "CC-BY-SA-4.0"
  | "CC-BY-NC-3.0"
  | "CC-BY-NC-4.0"
  | "CC-BY-NC-SA-3.0"
  | "CC-BY-NC-SA-4.0"
  | "CC-BY-ND-4.0"
  | "CC-BY-NC-ND-4.0"
  | "MIT"
  | "PUBLIC-DOMAIN"
  | "YOUTUBE-STANDARD"
  | "ALL-RIGHTS-RESERVED";
/**
 * How many right answers it takes.
 */
export type RightAnswers = number;
/**
 * For `of_last`: among how many answers the right ones are counted.
 */
export type AmongTheLast = number;
/**
 * `in_a_row`: so many right answers one after the other. `of_last`: so many right answers among the last few.
 */
export type Rule = "in_a_row" | "of_last";
/**
 * An exercise.
 */
export type Prerequisite = string;
/**
 * The exercises to master before this one. They never lead round in a circle.
 *
 * @maxItems 50
 */
export type Prerequisites = Prerequisite[];
/**
 * A video, an article, an exercise or a quiz.
 */
export type RelatedEntry = string;
/**
 * What else helps a learner here. Not an order of learning: that is what prerequisites are for.
 *
 * @maxItems 50
 */
export type Related = RelatedEntry[];
/**
 * The readable last part of this page's address: lower-case letters, digits and single hyphens. Unique among the entries of the same kind under one parent. It can change: every old address goes on answering.
 */
export type Slug = string;
/**
 * A code such as CCSS.MATH.CONTENT.3.NF.A.1.
 */
export type Standard = string;
/**
 * The curriculum standards that this teaches or tests, by their official codes.
 *
 * @maxItems 100
 */
export type Standards = Standard[];
/**
 * What learners see in lists, menus and at the top of the page.
 */
export type Title = string;

/**
 * A delivered document with what an app needs around it.
 */
export interface DeliveredExercise {
  /**
   * The entries that it contains, in reading order.
   */
  children: DeliveredChild[];
  document: Exercise;
  /**
   * The version of this form.
   */
  format: number;
  key: string;
  /**
   * The locale of the document.
   */
  locale: string;
  /**
   * The entries that it embeds or names, by key.
   */
  refs: {
    [k: string]: DeliveredRef;
  };
  /**
   * What a client must know to show it, such as `perseus-widget:radio`.
   */
  requires: string[];
  /**
   * Texts that are in the source's language, as JSON pointers into `document`; left out when there are none.
   */
  untranslated?: string[] | null;
}
/**
 * What a container's document says about an entry that it contains.
 */
export interface DeliveredChild {
  /**
   * The entry.
   */
  key: string;
  locale?: string | null;
  /**
   * Its delivered document, at `/v1/objects/{object}`.
   */
  object: string;
  /**
   * What lists show of it, as its kind says.
   */
  summary: {
    [k: string]: unknown;
  };
}
/**
 * A skill to practise: a pool of questions of one sort.
 */
export interface Exercise {
  attribution?: Attribution;
  canonical_parent?: CanonicalParent;
  description?: Description;
  grade?: Grade;
  items?: Items;
  licence?: Licence;
  mastery?: Mastery;
  prerequisites?: Prerequisites;
  related?: Related;
  slug: Slug;
  standards?: Standards;
  title: Title;
}
/**
 * Whom and what to name when this is shown, as its licence demands.
 */
export interface Attribution {
  author: Author;
  changes?: ChangesMade;
  source_title?: TitleOfTheSource;
  source_url?: AddressOfTheSource;
}
/**
 * One question with its answer and hints, in Perseus form.
 */
export interface Item {
  answerArea?: Tools;
  hints?: Hints;
  id: Id;
  itemDataVersion?: Version;
  /**
   * Its language, if it differs from the document's.
   */
  locale?: string;
  question: Question;
  /**
   * Names the rubric by which it is scored, if answers are withheld.
   */
  rubric?: string;
}
/**
 * The version of Perseus's item form.
 */
export interface Version {
  major?: Major;
  minor?: Minor;
}
/**
 * What is asked, with the widgets to answer by. The widgets' options hold the answer.
 */
export interface Question {
  content: Text;
  images?: {
    [k: string]: unknown;
  };
  metadata?: Metadata;
  replace?: Replace;
  widgets?: {
    [k: string]: unknown;
  };
}
/**
 * When a learner has mastered this exercise.
 */
export interface Mastery {
  correct: RightAnswers;
  of?: AmongTheLast;
  rule: Rule;
}
/**
 * What a document says about an entry that it embeds or names.
 */
export interface DeliveredRef {
  locale?: string | null;
  /**
   * Its delivered document, at `/v1/objects/{object}`.
   */
  object: string;
  /**
   * What lists show of it, as its kind says.
   */
  summary: {
    [k: string]: unknown;
  };
}
