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
 * The readable last part of this page's address: lower-case letters, digits and single hyphens. Unique among the entries of the same kind under one parent. It can change: every old address goes on answering.
 */
export type Slug = string;
/**
 * What learners see in lists, menus and at the top of the page.
 */
export type Title = string;

/**
 * A delivered document with what an app needs around it.
 */
export interface DeliveredTopic {
  /**
   * The entries that it contains, in reading order.
   */
  children: DeliveredChild[];
  document: Topic;
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
 * A subject area, or the home page (topic/root). Holds topics and courses.
 */
export interface Topic {
  attribution?: Attribution;
  canonical_parent?: CanonicalParent;
  description?: Description;
  licence?: Licence;
  slug: Slug;
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
