; Trajectory constraints: a farmer, a boat, and cargo that must not be left alone together.
(define (domain crossing)
  (:requirements :adl :constraints)
  (:types cargo bank)
  (:predicates (at ?c - cargo ?b - bank) (boat-at ?b - bank) (eats ?a ?b - cargo) (fed ?c - cargo) (rested))
  (:constraints
    (forall (?a ?b - cargo ?x - bank)
      (always (imply (and (eats ?a ?b) (at ?a ?x) (at ?b ?x)) (boat-at ?x)))))
  (:action cross
    :parameters (?from ?to - bank)
    :precondition (and (boat-at ?from) (not (= ?from ?to)))
    :effect (and (boat-at ?to) (not (boat-at ?from)) (not (rested))))
  (:action ferry
    :parameters (?c - cargo ?from ?to - bank)
    :precondition (and (boat-at ?from) (at ?c ?from) (not (= ?from ?to)))
    :effect (and (boat-at ?to) (not (boat-at ?from)) (at ?c ?to) (not (at ?c ?from)) (not (rested))))
  (:action feed
    :parameters (?c - cargo ?b - bank)
    :precondition (and (at ?c ?b) (boat-at ?b))
    :effect (fed ?c))
  (:action rest
    :parameters ()
    :effect (rested)))
