; STRIPS: crates on a floor and a crane that moves the top ones. Untyped, no negative conditions.
(define (domain stacker)
  (:requirements :strips)
  (:predicates (crate ?c) (on ?c ?under) (top ?c) (on-floor ?c) (lifted ?c) (crane-free))
  (:action lift-from-floor
    :parameters (?c)
    :precondition (and (crate ?c) (on-floor ?c) (top ?c) (crane-free))
    :effect (and (lifted ?c) (not (on-floor ?c)) (not (top ?c)) (not (crane-free))))
  (:action lift-from-crate
    :parameters (?c ?under)
    :precondition (and (on ?c ?under) (top ?c) (crane-free))
    :effect (and (lifted ?c) (top ?under) (not (on ?c ?under)) (not (top ?c)) (not (crane-free))))
  (:action drop-on-floor
    :parameters (?c)
    :precondition (lifted ?c)
    :effect (and (on-floor ?c) (top ?c) (crane-free) (not (lifted ?c))))
  (:action drop-on-crate
    :parameters (?c ?under)
    :precondition (and (lifted ?c) (top ?under))
    :effect (and (on ?c ?under) (top ?c) (crane-free) (not (lifted ?c)) (not (top ?under)))))
