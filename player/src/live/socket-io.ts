/** A chunk of its own: pages fetch it when they follow something, never before Play. */
export { io } from 'socket.io-client';
