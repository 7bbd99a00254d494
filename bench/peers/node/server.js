// The load server (kind F) on npm socket.io: `bcast`, `join`, `room` and `echo`.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http);
io.on("connection", (socket) => {
  socket.on("bcast", (payload) => io.emit("bcast", payload));
  socket.on("join", (room) => socket.join(room));
  socket.on("room", (payload) => io.to(payload.room).emit("room", payload));
  socket.on("echo", (payload, ack) => ack(payload));
});
http.listen(Number(process.env.PORT ?? 3000), "127.0.0.1");
