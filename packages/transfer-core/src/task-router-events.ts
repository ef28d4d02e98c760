/**
 * The TaskRouter events that the functions need, by TaskRouter's names. They are the `EventsFilter` of the workspace's
 * event callback: https://www.twilio.com/docs/taskrouter/api/event/reference
 */
export const TASK_ROUTER_EVENTS = [
  'task.created',
  'task.completed',
  'task.canceled',
  'task.deleted',
  'task.system-deleted',
  'reservation.accepted',
  'reservation.rejected',
  'reservation.timeout',
  'reservation.wrapup',
  'task-queue.timeout',
] as const;
