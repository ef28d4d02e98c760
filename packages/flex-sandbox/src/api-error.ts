/** Errors as Twilio's REST APIs return them: an HTTP status and a Twilio error code. */

export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: number,
    message: string,
  ) {
    super(message);
  }

  /** The body that Twilio's helper library parses into a RestException. */
  toBody(): { code: number; message: string; more_info: string; status: number } {
    return {
      code: this.code,
      message: this.message,
      more_info: `https://www.twilio.com/docs/errors/${this.code}`,
      status: this.status,
    };
  }
}

/** 404/20404. `path` is the path of the resource in the request. */
export const notFound = (path: string) =>
  new ApiError(404, 20404, `The requested resource ${path} was not found`);

/** 400 with `code`, 20001 by default. */
export const badRequest = (message: string, code = 20001) => new ApiError(400, code, message);

/** 429/20429, or another code. The caller may send the same request again. */
export const tooManyRequests = (code = 20429, message = 'Too Many Requests') =>
  new ApiError(429, code, message);

/** 401/20003. */
export const unauthorized = (message = 'Authenticate') => new ApiError(401, 20003, message);

/** 403/20403. */
export const forbidden = (message = 'Policy does not allow access to this resource') =>
  new ApiError(403, 20403, message);
