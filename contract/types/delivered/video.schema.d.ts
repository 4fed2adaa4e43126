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
 * What the player's menu shows, in the captions' own language.
 */
export type Label = string;
/**
 * The language of the captions: a BCP 47 tag in canonical case, such as es or pt-BR.
 */
export type Language = string;
/**
 * The WebVTT file.
 */
export type File = string;
/**
 * Subtitles as WebVTT files, one for each language.
 *
 * @maxItems 200
 */
export type Captions = CaptionTrack[];
/**
 * One or two sentences under the title that say what a learner will find or be able to do. Markdown.
 */
export type Description = string;
/**
 * In seconds.
 */
export type Duration = number;
/**
 * Words to find the video by, separated by commas.
 */
export type Keywords = string;
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
 * In bits a second, on average.
 */
export type BitRate = number;
/**
 * In pixels.
 */
export type Height = number;
/**
 * The video file.
 */
export type File1 = string;
/**
 * Such as video/mp4 or video/webm; codecs may follow after a semicolon.
 */
export type MediaType = string;
/**
 * In pixels.
 */
export type Width = number;
/**
 * The video as files of our own, best first.
 *
 * @maxItems 50
 */
export type SelfHostedSources = Source[];
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
 * The still picture shown in lists and before playing.
 */
export type Thumbnail = string | null;
/**
 * What learners see in lists, menus and at the top of the page.
 */
export type Title = string;
/**
 * All that is said and shown, for those who read rather than watch. Markdown.
 */
export type Transcript = string;
/**
 * The eleven characters that name the video on YouTube. Learners play it from there first, and from the sources below where YouTube is blocked. A translation may name another one, dubbed, with its own duration.
 */
export type YouTubeId = string;

/**
 * A delivered document with what an app needs around it.
 */
export interface DeliveredVideo {
  /**
   * The entries that it contains, in reading order.
   */
  children: DeliveredChild[];
  document: Video;
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
 * A video on YouTube, of our own, or both.
 */
export interface Video {
  attribution?: Attribution;
  canonical_parent?: CanonicalParent;
  captions?: Captions;
  description?: Description;
  duration_s?: Duration;
  keywords?: Keywords;
  licence?: Licence;
  related?: Related;
  slug: Slug;
  sources?: SelfHostedSources;
  standards?: Standards;
  thumbnail?: Thumbnail;
  title: Title;
  transcript?: Transcript;
  youtube_id?: YouTubeId;
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
 * The captions in one language.
 */
export interface CaptionTrack {
  label?: Label;
  locale: Language;
  media: File;
}
/**
 * One file in one format and size.
 */
export interface Source {
  bitrate_bps?: BitRate;
  height?: Height;
  media: File1;
  mime: MediaType;
  width?: Width;
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
