/** Addresses to hand out. */
import { address } from "./address.svelte";
import { formatCode } from "./code";

/** Where people type the code, without the scheme: `example.org` or `10.0.0.5:3000`. */
export const joinHost = () => address.url.replace(/^https?:\/\//, "");
/** The short link in the QR code. */
export const joinLink = (code: string) => `${address.url}/j/${code}`;
export const screenLink = (code: string) => `${address.url}/screen/${code}`;
export const remoteLink = (code: string, key: string) => `${address.url}/host/${code}#key=${key}`;
/** A code that is read out character by character, not as a word. */
export const spelled = (code: string) => [...formatCode(code)].join(" ");

/** Whether an address means "this machine" on whatever machine it is opened. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return /^((.+\.)?localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\])$/.test(hostname);
}
