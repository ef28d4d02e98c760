/** An endpoint that reads or changes conversations: all but `/webchat/start` and `/health`. */
import type { Result } from '@chat-transfer/transfer-core';
import type * as v from 'valibot';
import type { SettingName, SettingNeeds } from '../settings';
import { defineEndpoint, type TwilioHandler } from './endpoint';
import { createServices, type ServicesWith } from './services';

/**
 * The other parameters are those of `defineEndpoint`.
 * @param needs the settings that the endpoint uses beside those of every conversation endpoint
 */
export function defineConversationEndpoint<
  Schema extends v.GenericSchema,
  Answer extends { readonly ok: true },
  Required extends SettingName = never,
  Optional extends SettingName = never,
>(
  name: string,
  needs: SettingNeeds<Required, Optional>,
  schema: Schema,
  run: (
    services: ServicesWith<Required, Optional>,
    request: v.InferOutput<Schema>,
  ) => Promise<Result<Answer>>,
): TwilioHandler {
  return defineEndpoint(name, (context) => createServices(context, needs), schema, run);
}
