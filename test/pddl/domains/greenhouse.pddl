; Numeric: pumps, tanks and plants. Comparisons of sums and products, all ways to change a number but scaling.
(define (domain greenhouse)
  (:requirements :strips :typing :numeric-fluents :negative-preconditions :equality)
  (:types tank plant)
  (:predicates (valve-open ?t - tank) (ripe ?p - plant) (feeds ?t - tank ?p - plant))
  (:functions (level ?t - tank) (capacity ?t - tank) (thirst ?p - plant) (growth ?p - plant) (power) (used))
  (:action open-valve
    :parameters (?t - tank)
    :precondition (not (valve-open ?t))
    :effect (valve-open ?t))
  (:action close-valve
    :parameters (?t - tank)
    :precondition (valve-open ?t)
    :effect (not (valve-open ?t)))
  (:action pump
    :parameters (?from ?to - tank)
    :precondition (and (not (= ?from ?to)) (valve-open ?to) (>= (level ?from) 2) (>= (power) 1)
                       (<= (+ (level ?to) 2) (capacity ?to)))
    :effect (and (decrease (level ?from) 2) (increase (level ?to) 2) (decrease (power) 1)
                 (increase (used) (* 2 (power)))))
  (:action water
    :parameters (?t - tank ?p - plant)
    :precondition (and (feeds ?t ?p) (> (level ?t) (thirst ?p)))
    :effect (and (decrease (level ?t) (thirst ?p)) (increase (growth ?p) (/ (level ?t) 2))
                 (assign (thirst ?p) (+ (thirst ?p) 1))))
  (:action harvest
    :parameters (?p - plant)
    :precondition (and (>= (growth ?p) 3) (not (ripe ?p)) (< (* (thirst ?p) 2) 12))
    :effect (and (ripe ?p) (assign (growth ?p) 0)))
  (:action recharge
    :parameters ()
    :precondition (<= (power) 1)
    :effect (and (assign (power) 4) (increase (used) 1))))
