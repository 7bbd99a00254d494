import { mount } from "svelte";
import App from "./App.svelte";
import { address } from "./lib/address.svelte";
import "./styles/tokens.css";
import "./styles/base.css";

// Links and QR codes are made of it, so it is asked for beside the first request for the session.
void address.ready();

export default mount(App, { target: document.querySelector("#app")! });
