/** The components of Flex that ours are made of. */
export { Button, IconButton, Template } from '@twilio/flex-ui';
