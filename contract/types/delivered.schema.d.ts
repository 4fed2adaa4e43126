/**
 * What is at the address of an object.
 */
export type DeliveredDocument = Delivered | Tombstone;

/**
 * A delivered document.
 */
export interface Delivered {
  /**
   * The entries that it contains, in reading order.
   */
  children: DeliveredChild[];
  /**
   * The entry's own fields, as the schema of its kind says, without what is private and without `children`.
   * `/schemas/delivered/{kind}` has the schema of each kind that ships.
   */
  document: {
    [k: string]: unknown;
  };
  /**
   * The version of this form.
   */
  format: number;
  /**
   * The entry.
   */
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
/**
 * What is left of a retired entry.
 */
export interface Tombstone {
  /**
   * The version of this form.
   */
  format: number;
  /**
   * The entry.
   */
  key: string;
  retired: Retired;
}
/**
 * What the entry was.
 */
export interface Retired {
  /**
   * Its last delivered document, at `/v1/objects/{object}`.
   */
  last_object: string;
  replaced_by: string | null;
  /**
   * Its last title.
   */
  title: string | null;
}
