/**
 * POST /task-router/events: TaskRouter's event callbacks about tasks and reservations. Protected: Twilio
 * checks its own signature before this runs. https://www.twilio.com/docs/taskrouter/api/event/reference
 */
import { defineConversationEndpoint } from '../../requests/conversation-endpoint';
import { sweepAfterEvent } from '../../requests/sweep';
import { applyTaskRouterEvent, TaskRouterEventSchema } from '../../requests/task-router-event';

export const handler = defineConversationEndpoint(
  '/task-router/events',
  { optional: ['allowedOrigins'] },
  TaskRouterEventSchema,
  async (services, event) => {
    const applied = await applyTaskRouterEvent(services, event);
    await sweepAfterEvent(services);
    return applied;
  },
);
