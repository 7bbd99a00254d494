//! The rooms of a kind over HTTP.

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{delete, get};
use axum::{Json, Router};
use http::StatusCode;
use serde::Serialize;

use super::{Attendance, Kind};
use crate::identity::Guest;
use crate::live::Rules;
use crate::rooms::Room;
use crate::{Asking, Millis, Result, clock};

/// A room as a list shows it.
#[derive(Serialize)]
struct Listed<S> {
    code: String,
    title: String,
    created: Millis,
    ended: bool,
    #[serde(flatten)]
    summary: S,
}

#[derive(Serialize)]
struct Created {
    code: String,
}

/// The answer when a room was made: 201, and its code.
pub fn created(room: &Room) -> impl IntoResponse + use<> {
    (StatusCode::CREATED, Json(Created { code: room.code.to_string() }))
}

impl<R: Rules, A: Attendance<R>> Kind<R, A> {
    /// `GET /api/{kind}s`, `DELETE /api/{kind}s/{code}` and `DELETE /api/{kind}s/{code}/keys`.
    pub fn routes(&self) -> Router {
        let rooms = format!("/api/{}s", R::KIND);
        Router::new()
            .route(&rooms, get(list::<R, A>))
            .route(&format!("{rooms}/{{code}}"), delete(erase::<R, A>))
            .route(&format!("{rooms}/{{code}}/keys"), delete(withdraw_keys::<R, A>))
            .with_state(self.clone())
    }
}

async fn list<R: Rules, A: Attendance<R>>(
    State(kind): State<Kind<R, A>>,
    Guest(guest): Guest,
) -> Result<Json<Vec<Listed<R::Summary>>>> {
    let now = clock::now();
    let hosted = kind.platform().rooms.hosted(R::KIND, guest).await?.into_iter();
    let list = hosted.map(|room| Listed {
        code: room.code.to_string(),
        ended: room.is_closed(now),
        summary: room.summary(),
        title: room.title,
        created: room.created,
    });
    Ok(Json(list.collect()))
}

async fn erase<R: Rules, A: Attendance<R>>(
    State(kind): State<Kind<R, A>>,
    asking: Asking,
    Path(code): Path<String>,
) -> Result<StatusCode> {
    kind.erase(&code, asking).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Withdraws all keys and the roles they gave; who asks keeps the role, as does the owner.
async fn withdraw_keys<R: Rules, A: Attendance<R>>(
    State(kind): State<Kind<R, A>>,
    Guest(guest): Guest,
    asking: Asking,
    Path(code): Path<String>,
) -> Result<StatusCode> {
    let room = kind.find_hosted(&code, asking).await?;
    kind.withdraw_keys(&room, guest).await?;
    Ok(StatusCode::NO_CONTENT)
}
