/**
 * ltr for left to right, rtl for right to left.
 */
export type WritingDirection = "ltr" | "rtl";
/**
 * The language's name in English, for authors.
 */
export type EnglishName = string;
/**
 * The language's name in the language itself: what the language menu shows.
 */
export type Name = string;
/**
 * What becomes of an item whose answers changed together with words that are not translated yet. `serve`: its last translation, scored by the earlier answers. `hold`: nobody gets it until it is translated; what `untranslated` says stands in its place.
 */
export type OldAnswers = "serve" | "hold";
/**
 * `last-whole`: the last translation that is whole, and nothing that was never translated. `source`: the source language.
 */
export type UntranslatedContent = "last-whole" | "source";
/**
 * The BCP 47 tag in canonical case, where the entry's id cannot spell it (ids are lower-case: the entry locale/pt-br has the tag pt-BR). Without it the id is the tag.
 */
export type LanguageTag = string;

/**
 * A delivered document with what an app needs around it.
 */
export interface DeliveredLocale {
  /**
   * The entries that it contains, in reading order.
   */
  children: DeliveredChild[];
  document: Locale;
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
 * A language that content is delivered in.
 */
export interface Locale {
  direction: WritingDirection;
  english_name: EnglishName;
  name: Name;
  policy?: Policy;
  tag?: LanguageTag;
}
/**
 * What learners get where a translation is missing or behind.
 */
export interface Policy {
  old_keys?: OldAnswers;
  untranslated?: UntranslatedContent;
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
