/** Messages in the form that both of Twilio's chat APIs accept. */
export interface NewMessage {
  readonly author: string;
  readonly body: string;
  /** JSON text. */
  readonly attributes: string;
}

/** How many of the latest messages are searched for a notice before it may be posted again. */
export const MESSAGES_SEARCHED = 100;
