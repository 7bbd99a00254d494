// Where Chorus answers differently from npm `socket.io` on purpose. Everything that is not here must be equal.
//
// Each entry belongs to the scenario of its name: `reason`, and `ours`, what the named witnesses see instead.

export const differences = {};
