/** Messages as both of Twilio's chat APIs take them. */
export interface NewMessage {
  readonly author: string;
  readonly body: string;
  /** JSON text. */
  readonly attributes: string;
}

/** How far back a notice is looked for before it is posted a second time. */
export const MESSAGES_SEARCHED = 100;
