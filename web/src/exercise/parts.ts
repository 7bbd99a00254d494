/** The screens of an exercise, loaded together when there is one. */
export { default as Host } from "./host/Host.svelte";
export { default as Observer } from "./observer/Observer.svelte";
export { default as Participant } from "./participant/Participant.svelte";
export { default as ReviewPage } from "./ReviewPage.svelte";
export { default as Screen } from "./screen/Screen.svelte";
