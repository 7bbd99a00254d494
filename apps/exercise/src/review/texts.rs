//! The words of a printed review, in all languages.

use super::Language;

macro_rules! texts {
    ($($name:ident: $english:literal, $german:literal;)*) => {
        /// The words in one language. `{…}` is filled in.
        pub(super) struct Texts {
            $(pub(super) $name: &'static str,)*
        }

        const ENGLISH: Texts = Texts { $($name: $english,)* };
        const GERMAN: Texts = Texts { $($name: $german,)* };
    };
}

impl Texts {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
        }
    }
}

texts! {
    title: "After-action review", "Auswertung";
    contents: "Contents", "Inhalt";
    early: "The exercise is not over yet. This is how it stood when this was written.",
        "Die Übung ist noch nicht zu Ende. Das ist der Stand, als dies geschrieben wurde.";
    code: "Code", "Code";
    scenario: "Scenario", "Szenario";
    began: "Began", "Beginn";
    not_begun: "not yet", "noch nicht";
    took: "Game time", "Spielzeit";
    took_of: "{time} of {all}", "{time} von {all}";
    date: "{day} {month} {year}, {time} UTC", "{day}. {month} {year}, {time} UTC";

    glance: "At a glance", "Auf einen Blick";
    support: "Support", "Unterstützung";
    budget: "Budget", "Budget";
    from_to: "{from} → {to}", "{from} → {to}";
    spent: "Money spent", "Ausgegeben";
    spent_of: "starting budget {budget}", "Startbudget {budget}";
    median: "Median response time", "Mittlere Antwortzeit";
    median_note: "half of the answers were faster", "die Hälfte der Antworten war schneller";
    failures: "Systems that failed", "Ausgefallene Systeme";
    failures_note: "{time} of outages, added up", "{time} Ausfall, zusammengezählt";
    best_note: "The best purchases for the starting budget would have prevented a loss of {best} points of support; those that were made prevented a loss of {bought}.",
        "Die besten Käufe für das Startbudget hätten {best} Punkte Unterstützung bewahrt; die gemachten haben {bought} bewahrt.";

    prevented: "Prevented", "Verhindert";
    handled: "Handled", "Bewältigt";
    mishandled: "Mishandled", "Falsch beantwortet";
    missed: "Missed", "Unbeantwortet";
    pending: "Not delivered", "Nicht zugestellt";
    prevented_note: "They did not come, because what prevents them was in place, or the threat before them was answered rightly.",
        "Sie kamen nicht, weil das, was sie verhindert, vorhanden war oder die Bedrohung davor richtig beantwortet wurde.";
    handled_note: "They came and were answered rightly, or asked for no answer.",
        "Sie kamen und wurden richtig beantwortet oder verlangten keine Antwort.";
    mishandled_note: "They came, and the answer was not the right one.",
        "Sie kamen, und die Antwort war nicht die richtige.";
    missed_note: "They came, and nobody answered.", "Sie kamen, und niemand hat geantwortet.";
    pending_note: "They were not delivered before the end.", "Sie wurden bis zum Ende nicht zugestellt.";

    course: "Course", "Verlauf";
    course_note: "Support and budget over the game time, and what happened when. Hollow marks are wrong answers.",
        "Unterstützung und Budget über die Spielzeit, und was wann geschah. Hohle Punkte sind falsche Antworten.";
    lane_delivered: "Threats", "Bedrohungen";
    lane_prevented: "Prevented", "Verhindert";
    lane_answered: "Answers", "Antworten";
    lane_bought: "Purchases", "Käufe";
    lane_acted: "Actions", "Aktionen";
    lane_thrown: "Curveballs", "Überraschungen";
    no_course: "The simulation has not begun.", "Die Simulation hat noch nicht begonnen.";

    learning: "Learning", "Lernpunkte";
    learning_note: "What the exercise was to teach, and how the threats that teach it went.",
        "Was die Übung lehren soll, und wie es mit den Bedrohungen dazu ging.";
    no_learning: "The scenario names no learning points.", "Das Szenario nennt keine Lernpunkte.";

    threats: "Threats", "Bedrohungen";
    no_threats: "This exercise has no threats.", "Diese Übung hat keine Bedrohungen.";
    due: "due {time}", "fällig {time}";
    delivered_at: "delivered {time}", "zugestellt {time}";
    prevented_at: "prevented {time}", "verhindert {time}";
    prevented_before: "prevented from the start", "von Anfang an verhindert";
    answered_after: "answered after {time}", "beantwortet nach {time}";
    answered_first: "answered before it was delivered", "vor der Zustellung beantwortet";
    both_places: "both places", "beide Orte";
    background: "background", "Hintergrund";
    board: "board", "Tafel";
    table: "card", "Karte";
    what_was_done: "What was done", "Was getan wurde";
    nothing: "Nothing.", "Nichts.";
    what_was_right: "What was right", "Was richtig war";
    advice: "What would have been wise", "Was klug gewesen wäre";
    disables: "Systems it disables", "Systeme, die es ausschaltet";
    would_have_helped: "What would have helped", "Was geholfen hätte";
    spared_by: "Prevented by", "Verhindert durch";
    notes_on_it: "Notes", "Notizen";
    points: "support {n}", "Unterstützung {n}";

    help: "What would have helped", "Was geholfen hätte";
    best_text: "The best purchases are calculated, not guessed: of everything that the starting budget of {budget} could buy, no other choice prevents more loss of support. Nobody could know that beforehand; what is worth talking about is where the two lists differ.",
        "Die besten Käufe sind berechnet, nicht geschätzt: Von allem, was für das Startbudget von {budget} zu haben war, verhindert keine andere Auswahl mehr Verlust an Unterstützung. Das konnte vorher niemand wissen; des Gesprächs wert ist, worin sich die beiden Listen unterscheiden.";
    good_text: "These purchases are very good ones for the starting budget of {budget}; there are too many possible choices to be certain that none is better.",
        "Das sind sehr gute Käufe für das Startbudget von {budget}; es gibt zu viele mögliche, um sicher zu sein, dass keine besser sind.";
    bought: "Bought in the preparation", "In der Vorbereitung gekauft";
    best: "Best for the starting budget", "Das Beste für das Startbudget";
    cost: "Cost", "Kosten";
    purchase: "Purchase", "Kauf";
    place: "Where", "Wo";
    prevents: "Prevents", "Verhindert";
    saves: "Support saved", "Bewahrt";
    in_all: "In all", "Insgesamt";
    failures_prevented: "{n} failures of systems prevented", "{n} Systemausfälle verhindert";
    only_best: "was not bought", "wurde nicht gekauft";
    only_bought: "not among the best", "nicht unter den besten";
    by_threat: "The cheapest protection from what came", "Der billigste Schutz vor dem, was kam";
    by_threat_note: "For each threat that came, the cheapest purchase that prevents it, and all that this purchase prevents.",
        "Zu jeder Bedrohung, die kam, der billigste Kauf, der sie verhindert, und alles, was dieser Kauf verhindert.";
    not_preventable: "Not to be prevented by any purchase: {names}.",
        "Durch keinen Kauf zu verhindern: {names}.";
    threat: "Threat", "Bedrohung";

    systems: "Outages", "Ausfälle";
    none_failed: "No system failed.", "Kein System fiel aus.";
    system: "System", "System";
    down: "Down", "Ausgefallen";
    until_end: "to the end", "bis zum Ende";
    steady: "Never down: {names}.", "Nie ausgefallen: {names}.";

    notes: "Notes", "Notizen";
    about: "about “{title}”", "zu „{title}“";

    decisions: "Decisions in order", "Entscheidungen der Reihe nach";
    time: "Time", "Zeit";
    event: "What happened", "Was geschah";
    who: "Who", "Wer";
    by_clock: "clock", "Uhr";
    undone: "taken back", "zurückgenommen";
    early_remark: "before it was due", "vor der Zeit";
    right: "right", "richtig";
    wrong: "wrong", "falsch";
    restart: "server was down", "Server war weg";

    kind_bought: "Bought", "Gekauft";
    kind_sold: "Given back", "Zurückgegeben";
    kind_started: "Simulation started", "Simulation gestartet";
    kind_resumed: "Clock runs on", "Uhr läuft weiter";
    kind_paused: "Clock paused", "Uhr angehalten";
    kind_finished: "Simulation ended", "Simulation beendet";
    kind_reopened: "Taken up again", "Wieder aufgenommen";
    kind_delivered: "Threat delivered", "Bedrohung zugestellt";
    kind_prevented: "Threat prevented", "Bedrohung verhindert";
    kind_responded: "Threat answered", "Bedrohung beantwortet";
    kind_restored: "Systems restored", "Systeme wiederhergestellt";
    kind_acted: "Action", "Aktion";
    kind_thrown: "Curveball", "Überraschung";
    kind_undone: "Taken back", "Zurückgenommen";
    kind_noted: "Note", "Notiz";
    kind_set: "Settings changed", "Einstellungen geändert";
    kind_renamed: "Renamed", "Umbenannt";
    kind_locked: "Door closed to newcomers", "Tür für Neue geschlossen";
    kind_unlocked: "Door open to newcomers", "Tür für Neue geöffnet";
    kind_made_facilitator: "Made a facilitator", "Spielleitung übertragen";
    kind_made_observer: "Made an observer", "Beobachtung übertragen";
    kind_made_participant: "Made a participant", "Wieder Teilnahme";
    kind_removed: "Put out", "Ausgeschlossen";

    people: "Who took part", "Wer teilnahm";
    facilitator: "Facilitator", "Spielleitung";
    observer: "Observer", "Beobachtung";
    participant: "Participant", "Teilnehmende";
    projector: "Projector", "Leinwand";
    name: "Name", "Name";
    part: "Part", "Aufgabe";
    role: "Role", "Rolle";
    written: "Made with Chorus.", "Erstellt mit Chorus.";
}

/// The names of the months.
pub(super) fn months(language: Language) -> [&'static str; 12] {
    match language {
        Language::English => [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        Language::German => [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
    }
}
