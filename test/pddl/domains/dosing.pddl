; Scaling effects and constraints over numbers.
(define (domain dosing)
  (:requirements :typing :numeric-fluents :constraints :conditional-effects)
  (:types vat)
  (:predicates (stirred ?v - vat))
  (:functions (volume ?v - vat) (strength ?v - vat) (total-cost))
  (:constraints (always (forall (?v - vat) (<= (* (volume ?v) (strength ?v)) 40))))
  (:action dilute
    :parameters (?v - vat)
    :effect (and (scale-up (volume ?v) 2) (scale-down (strength ?v) 2) (not (stirred ?v)) (increase (total-cost) 2)))
  (:action boil
    :parameters (?v - vat)
    :precondition (> (volume ?v) 1)
    :effect (and (scale-down (volume ?v) 2) (when (stirred ?v) (scale-up (strength ?v) 2)) (increase (total-cost) 3)))
  (:action dose
    :parameters (?v - vat)
    :effect (and (increase (strength ?v) 1) (not (stirred ?v)) (increase (total-cost) 1)))
  (:action stir
    :parameters (?v - vat)
    :effect (and (stirred ?v) (increase (total-cost) 1))))
