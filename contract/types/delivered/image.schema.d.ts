/**
 * What the picture shows, for those who cannot see it, without giving away an answer. Empty only for mere decoration.
 */
export type AlternativeText = string;
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
 * A longer description, for pictures that a sentence cannot tell. Markdown.
 */
export type Description = string;
/**
 * In pixels, as it is meant to be shown.
 */
export type Height = number;
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
 * The picture file. A translation may name another one, with its own size.
 */
export type File = string;
/**
 * Such as image/svg+xml, image/png, image/webp.
 */
export type MediaType = string;
/**
 * What the picture is called in the library; also shown where a player lists its pictures.
 */
export type Title = string;
/**
 * In pixels, as it is meant to be shown.
 */
export type Width = number;

/**
 * A delivered document with what an app needs around it.
 */
export interface DeliveredImage {
  /**
   * The entries that it contains, in reading order.
   */
  children: DeliveredChild[];
  document: Image;
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
 * A picture, used by articles, exercises and videos as `image/ID`: replace it here and it changes everywhere.
 */
export interface Image {
  alt: AlternativeText;
  attribution?: Attribution;
  description?: Description;
  height: Height;
  licence?: Licence;
  media: File;
  mime: MediaType;
  title: Title;
  width: Width;
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
