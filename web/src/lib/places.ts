/** Addresses to hand out. */
import { formatCode } from "./code";

/** Where people type the code, without the scheme: `example.org` or `10.0.0.5:3000`. */
export const joinHost = () => location.host;
/** The short link in the QR code. */
export const joinLink = (code: string) => `${location.origin}/j/${code}`;
export const screenLink = (code: string) => `${location.origin}/screen/${code}`;
export const remoteLink = (code: string, key: string) => `${location.origin}/host/${code}#key=${key}`;
/** A code that is read out character by character, not as a word. */
export const spelled = (code: string) => [...formatCode(code)].join(" ");
