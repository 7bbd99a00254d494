//! Vectors made with `socket.io-msgpack-parser` 3.0.2, and `notepack.io` 2.2.0 and 3.0.1.

use bytes::Bytes;
use chorus_protocol::socketio::{
    Args, Binary, Packet,
    msgpack::{self, from_json, to_json},
};
use serde_json::json;

use crate::support::*;

#[test]
fn reads_what_the_official_client_sends() {
    let cases = [
        (
            "83a47479706500a46461746181a5746f6b656ea3313233a36e7370a62f61646d696e",
            "/admin",
            Packet::Connect(r#"{"token":"123"}"#.into()),
        ),
        // no auth: its data is undefined
        ("83a47479706500a464617461d40000a36e7370a12f", "/", Packet::Connect("{}".into())),
        ("82a47479706501a36e7370a62f61646d696e", "/admin", Packet::Disconnect),
    ];
    for (hex, namespace, packet) in cases {
        assert_eq!(read(&bytes(hex)), Ok((namespace.into(), packet)));
    }
}

#[test]
fn reads_events_with_options_bytes_and_ids() {
    let (name, payload, id) = read_event(&bytes(
        "85a47479706502a46461746193a3666f6f01c403010203a76f7074696f6e7381a8636f6d7072657373c3\
         a269640ca36e7370a12f",
    ));
    assert_eq!((&*name, id), ("foo", Some(12)));
    assert_eq!(payload.json(), r#"[1,{"_placeholder":true,"num":0}]"#);
    assert_eq!(payload.attachments(), [Bytes::from_static(&[1, 2, 3])]);
    let both: (u8, Binary) = payload.parse().unwrap();
    assert_eq!(both, (1, Binary::from(&[1, 2, 3][..])));
}

#[test]
fn reads_acknowledgements() {
    let packet = read(&bytes("84a47479706503a269640da36e7370a62f61646d696ea46461746192a362617281a161c40178"));
    let Ok((namespace, Packet::Ack(13, payload))) = packet else { panic!("{packet:?}") };
    assert_eq!(&*namespace, "/admin");
    assert_eq!(payload.json(), r#"["bar",{"a":{"_placeholder":true,"num":0}}]"#);
    assert_eq!(payload.attachments(), ["x"]);
}

#[test]
fn nil_is_nothing_as_python_writes_it() {
    let connect = bytes("83a47479706500a464617461c0a36e7370a12f");
    assert_eq!(read(&connect), Ok(("/".into(), Packet::Connect("{}".into()))));
    let disconnect = bytes("83a47479706501a464617461c0a36e7370a12f");
    assert_eq!(read(&disconnect), Ok(("/".into(), Packet::Disconnect)));
}

#[test]
fn values_become_what_javascript_makes_of_them() {
    // `JSON.stringify(notepack.decode(…))`
    let cases = [
        // notepack.io 2: undefined, dates and array buffers are extensions of type 0
        (
            "96d40000d70000000150894c247bd700ffffffffffffffffc70300000000c708000000000000000000\
             c7010000",
            r#"[null,"2015-10-21T07:28:00.123Z","1969-12-31T23:59:59.999Z",$0,$1,$2]"#,
        ),
        // notepack.io 3: dates are timestamps
        (
            "95c0d7ff1d53530056273e80c70cff3b8b87c0ffffffffffffffffd6ff00000001c403000000",
            r#"[null,"2015-10-21T07:28:00.123Z","1969-12-31T23:59:59.999Z","1970-01-01T00:00:01.000Z",$0]"#,
        ),
        (
            "82a1619a01ffcb3ff8000000000000cf001fffffffffffffd1ff7fa6c3a9f09f9880c0c3c2c4020102a26b0a80",
            r#"{"a":[1,-1,1.5,9007199254740991,-129,"é😀",null,true,false,$0],"k\n":{}}"#,
        ),
        ("d7ff0000000100000001", r#""2106-02-07T06:28:17.000Z""#),
        ("c70cff3b9aca000000000000000001", r#""1970-01-01T00:00:02.000Z""#),
        ("d7007fffffffffffffff", "null"),
        ("c70cff000000007fffffffffffffff", "null"),
        ("ca3fc00000", "1.5"),
        ("cb4000000000000000", "2"),
        ("cb8000000000000000", "0"),
        ("cb7ff8000000000000", "null"),
        ("cb7ff0000000000000", "null"),
        ("cb4341c37937e08000", "10000000000000000"),
        ("8201c0ffc3", r#"{"1":null,"-1":true}"#),
        ("d3ffffffffffffffff", "-1"),
        ("cfffffffffffffffff", "18446744073709551615"),
    ];
    for (hex, expected) in cases {
        let (json, attachments) = to_json(&bytes(hex), MOST).unwrap();
        let expected = (0..attachments.len()).fold(expected.to_owned(), |expected, num| {
            expected.replace(&format!("${num}"), &format!(r#"{{"_placeholder":true,"num":{num}}}"#))
        });
        assert_eq!(json, expected, "{hex}");
    }
}

#[test]
fn writes_the_bytes_of_notepack() {
    // `notepack.encode(JSON.parse(…))`
    let cases = [
        (
            r#"{"a":[1,-1,1.5,9007199254740991,-129,"\u00e9\ud83d\ude00",null,true,false,{}],"k\n" : [ ] }"#,
            "82a1619a01ffcb3ff8000000000000cf001fffffffffffffd1ff7fa6c3a9f09f9880c0c3c280a26b0a90",
        ),
        ("1.0", "01"),
        ("-0", "00"),
        ("-0.0", "00"),
        ("1e3", "cd03e8"),
        ("[127,128,255,256,65535,65536]", "967fcc80ccffcd0100cdffffce00010000"),
        ("[4294967295,4294967296]", "92ceffffffffcf0000000100000000"),
        ("[-32,-33,-128,-32768,-32769]", "95e0d0dfd080d18000d2ffff7fff"),
        ("-2147483649", "d3ffffffff7fffffff"),
        ("1e300", "cb7e37e43c8800759c"),
        ("1e400", "cb7ff0000000000000"),
        (r#""\"\\\/\b\f\n\r\t""#, "a8225c2f080c0a0d09"),
        (r#""a\ud800b""#, "a561efbfbd62"),
    ];
    for (json, hex) in cases {
        let mut out = Vec::new();
        from_json(json, &[], &mut out).unwrap();
        assert_eq!(out, bytes(hex), "{json}");
    }
}

#[test]
fn writes_packets() {
    let args = Args((1, Binary::from(&[1, 2, 3][..])));
    assert_eq!(
        message(&msgpack::event("/", "foo", &args, Some(12)).unwrap()),
        bytes("84a47479706502a36e7370a12fa269640ca46461746193a3666f6f01c403010203")
    );
    assert_eq!(
        message(&msgpack::ack("/admin", 13, &Args(())).unwrap()),
        bytes("84a47479706503a36e7370a62f61646d696ea269640da46461746190")
    );
    assert_eq!(
        message(&msgpack::connect("/", &json!({"sid": "x"})).unwrap()),
        bytes("83a47479706500a36e7370a12fa46461746181a3736964a178")
    );
    assert_eq!(
        message(&msgpack::connect_error("/", &json!({"message": "x"})).unwrap()),
        bytes("83a47479706504a36e7370a12fa46461746181a76d657373616765a178")
    );
    assert_eq!(message(&msgpack::disconnect("/")), bytes("82a47479706501a36e7370a12f"));
}
