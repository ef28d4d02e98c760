/** The components of Flex that ours are made of. */
export { IconButton } from '@twilio/flex-ui';
