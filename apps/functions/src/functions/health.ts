/**
 * GET /health: the version, and the names of settings that are missing or malformed. Status 503 if transfers cannot work.
 * It writes no line to the log, because everyone can call it as often as they like.
 */
import { describeHealth } from '../requests/health';
import { buildResponse, type Callback } from '../requests/response';

export async function handler(context: object, _event: object, callback: Callback): Promise<void> {
  const health = describeHealth(context);
  callback(null, buildResponse(health.ok ? 200 : 503, health, { 'Cache-Control': 'no-store' }));
}
