//! Sockets that begin to connect, from many source addresses.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
};

use mio::net::TcpStream;
use socket2::{Domain, Socket, Type};

use crate::Result;

/// Clients of one source address: few enough for its ports, and for a limit per address.
const CLIENTS_PER_ADDRESS: usize = 100;
/// Source addresses, 127.0.0.2 on.
const ADDRESSES: usize = 250;

/// The socket of a client, which has begun to connect.
pub(crate) fn connecting(
    client: usize,
    server: SocketAddr,
    receive_buffer: Option<usize>,
) -> Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_tcp_nodelay(true)?;
    if let Some(size) = receive_buffer {
        // Before connecting: the window is agreed on then.
        socket.set_recv_buffer_size(size)?;
    }
    socket.bind(&SocketAddr::from((source(client), 0)).into())?;
    match socket.connect(&server.into()) {
        // Linux says "in progress", which the standard library has no kind for.
        Err(error) if error.kind() != io::ErrorKind::WouldBlock && error.raw_os_error() != Some(115) => {
            Err(error.into())
        }
        _ => Ok(TcpStream::from_std(socket.into())),
    }
}

/// A signal's interruption is not a failure.
pub(crate) fn ignore_interrupt(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::Interrupted { Ok(()) } else { Err(error) }
}

/// The address that a client connects from, so that ports suffice for any number of them.
fn source(client: usize) -> Ipv4Addr {
    let [.., last] = (client / CLIENTS_PER_ADDRESS % ADDRESSES + 2).to_be_bytes();
    Ipv4Addr::new(127, 0, 0, last)
}
