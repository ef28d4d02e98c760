/** Builds the responses of the functions. */

/** Twilio's response object. Twilio's runtime defines it as a global. */
export interface TwilioResponse {
  setStatusCode(status: number): unknown;
  setBody(body: object): unknown;
  appendHeader(name: string, value: string): unknown;
}
declare const Twilio: { readonly Response: new () => TwilioResponse };

/** `callback` of a function. */
export type Callback = (error: null, response: TwilioResponse) => void;

/** @param body is sent as JSON */
export function buildResponse(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): TwilioResponse {
  const response = new Twilio.Response();
  response.setStatusCode(status);
  for (const [name, value] of Object.entries({ 'Content-Type': 'application/json', ...headers }))
    response.appendHeader(name, value);
  response.setBody(body);
  return response;
}
